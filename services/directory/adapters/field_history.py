"""Tells the public what was said of services and organizations before, in HSDS's ``metadata``: from public versions.

Of a service whose place is confidential nothing is told: what was written when the place was public may name it. Of
texts and contacts only that they changed is told: what was taken back, such as a name that should not have been
written, must not be published by taking it back. Keepers read all of it in the versions.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, func, select

from chassis.clock import to_rfc3339
from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.organization_versions import public_versions
from services.directory.adapters.review_tables import listing_version
from services.directory.adapters.service_rows import ServiceRows
from services.directory.domain.organization import CONTACTS, TEXTS

# Fields of a service that hold one text or number, and are named in HSDS as in the listing.
_FIELDS = (
    "name", "alternate_name", "description", "url", "email", "application_process", "fees_description", "wait_time",
    "eligibility_description", "minimum_age", "maximum_age", "alert", "accessibility", "languages",
)  # fmt: skip
# Others, by the names that HSDS has for where they stand.
_NAMED_OTHERWISE = {
    "status": "service_status", "phones": "phone", "attributes": "taxonomy_terms", "service_areas": "serves",
}  # fmt: skip
_IN_HSDS = {"phone": "phones"}
# What is chosen or counted, and never written freely.
_WITH_VALUES = frozenset(
    ("minimum_age", "maximum_age", "accessibility", "languages", "status", "attributes", "service_areas", "schedules")
)
_MOST_CHANGES = 100


def field_histories(connection: Connection, found: Sequence[ServiceRows]) -> dict[str, list[dict[str, Any]]]:
    """Return the changes of each service's fields, the latest first."""
    services = {rows.service["id"]: rows for rows in found if rows.service["location_kind"] != "confidential"}
    version = listing_version.c
    columns = (version.listing_id, version.number, version.agency_id, version.import_id, version.at)
    said = version.content.op("-")("hsds").label("said")
    # One version alone has changed nothing; most services have no more.
    changed = select(version.listing_id).where(is_among(version.listing_id, services), version.is_public)
    changed = changed.group_by(version.listing_id).having(func.count() > 1)
    statement = select(*columns, said).where(version.listing_id.in_(changed), version.is_public)
    told: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in connection.execute(statement.order_by(version.listing_id, version.number)).mappings():
        told[row["listing_id"]].append({**row, "said": _said(row["said"])})
    subjects = {listing_id: ("service", listing_id, services[listing_id].organization) for listing_id in told}
    return {listing_id: _changes(subjects[listing_id], versions) for listing_id, versions in told.items()}


def organization_histories(
    connection: Connection, rows: Mapping[str, Mapping[Any, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the changes of what each organization says of itself, the latest first; ``rows`` are theirs by id."""
    histories = {}
    for organization_id, versions in public_versions(connection, rows).items():
        # What is said no more is empty from then on.
        told = [
            {**version, "said": {_IN_HSDS.get(name, name): version["said"].get(name) for name in (*TEXTS, *CONTACTS)}}
            for version in versions
        ]
        histories[organization_id] = _changes(("organization", organization_id, rows[organization_id]), told)
    return histories


# What kind of resource it is, its id, and the organization that it belongs to.
_Subject = tuple[str, str, Mapping[Any, Any]]


def _changes(subject: _Subject, versions: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    changes = [
        _metadata(subject, name, before["said"].get(name), after)
        for before, after in pairwise(versions)
        for name in after["said"]
        # What older versions did not keep was not empty because of that.
        if name in before["said"] and before["said"][name] != after["said"][name]
    ]
    return changes[::-1][:_MOST_CHANGES]


def _said(content: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what a version says under the names of HSDS, as texts; where it is stands nowhere among it."""
    names = {name: name for name in _FIELDS} | _NAMED_OTHERWISE
    said = {name: _as_text(content[kept]) for name, kept in names.items() if kept in content}
    hours = "; ".join(_hours(entry) for entry in content.get("schedule") or ())
    return {**said, "schedules": "always open" if content.get("always_open") else hours or None}


def _hours(entry: Mapping[str, Any]) -> str:
    return f"{entry['byday']} {entry['opens_at']}-{entry['closes_at']}"


def _as_text(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or None
    return None if value in (None, "") else str(value)


def _metadata(subject: _Subject, name: str, previous: Any, version: Mapping[Any, Any]) -> dict[str, Any]:
    (kind, subject_id, owner), replacement = subject, version["said"].get(name)
    are_told = name in _WITH_VALUES
    return {
        "id": str(uuid.uuid5(uuid.UUID(subject_id), f"metadata:{version['number']}:{name}")),
        "resource_id": subject_id,
        "resource_type": kind,
        "last_action_date": to_rfc3339(version["at"]),
        "last_action_type": "create" if previous is None else "delete" if replacement is None else "update",
        "field_name": name,
        # HSDS requires both.
        "previous_value": (previous or "") if are_told else "",
        "replacement_value": (replacement or "") if are_told else "",
        "updated_by": _author(owner, version["agency_id"]) + _source(version["import_id"]),
    }


def _source(import_id: str | None) -> str:
    return f", from a file (import {import_id})" if import_id else ""


def _author(owner: Mapping[Any, Any], agency_id: str | None) -> str:
    """Say who it was in words that are public: never a person, and no agency that is not named in public."""
    if agency_id is None:
        return "the directory"
    if agency_id == owner["agency_id"]:
        return str(owner["name"])
    return "the agency that keeps this entry"

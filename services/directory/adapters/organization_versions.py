"""Keeps what organizations said of themselves before, who changed it, and what of it everybody could read.

A first version is written with the first change, from what stood there until then: an import of thousands costs nothing
more, and one that never changed has one version all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.document_tables import published_organization
from services.directory.adapters.organization_reviews import keep_revision
from services.directory.adapters.review_tables import organization_version
from services.directory.adapters.rows import translation_row
from services.directory.adapters.tables import listing, organization
from services.directory.domain.organization import SAID, Organization
from services.directory.domain.versions import Change

_version = organization_version.c
_BY = ("action", "agency_id", "account_id", "import_id", "at", "reason", "note")
_FIRST = {**dict.fromkeys(_BY), "number": 1, "action": "register", "is_proposal": False}


class SqlOrganizationVersionStore:
    """Versions of organizations in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, before: Organization, after: Organization, change: Change) -> int:
        """Keep a change, if what is said or what waits beside it is another; return its number, 0 where nothing is.

        Call it while the organization is held, before it is published.
        """
        if not change.is_proposal and _said(before) == _said(after) and before.revision == after.revision:
            return 0
        number = self._add(before, after.proposed if change.is_proposal else after, change)
        if change.is_proposal or before.revision != after.revision:
            keep_revision(self._connection, after, number)
        return number

    def note_rule(self, kept: Organization, change: Change) -> int:
        """Keep that somebody set the rule of review or asked for another one; what is said stays. Return its number."""
        return self._add(kept, kept, change)

    def _add(self, before: Organization, after: Organization, change: Change) -> int:
        """Write the next version, and the first one where there is none; what is only proposed is never public."""
        theirs = select(func.max(_version.number)).where(_version.organization_id == after.id)
        last = self._connection.scalar(theirs)
        shown = published_organization.c.organization_id == after.id
        is_public = self._connection.execute(select(published_organization.c.organization_id).where(shown)).first()
        each = {"organization_id": after.id, "is_public": is_public is not None}
        rows = []
        if last is None:
            created = select(organization.c.created_at).where(organization.c.id == after.id)
            rows.append({**each, **_FIRST, "said": _said(before), "at": self._connection.scalar(created)})
        by = {name: getattr(change, name) for name in (*_BY, "is_proposal")}
        number = int(last or 1) + 1
        said = {"number": number, "said": _said(after)}
        rows.append({**each, **by, **said, "is_public": each["is_public"] and not change.is_proposal})
        self._connection.execute(insert(organization_version), rows)
        return number

    def latest(self, organization_id: str, *, before: int | None, limit: int) -> Sequence[Mapping[Any, Any]]:
        """Return versions, the latest first; of an organization that never changed, the one there is."""
        theirs = select(organization_version).where(_version.organization_id == organization_id)
        wanted = theirs if before is None else theirs.where(_version.number < before)
        found = self._connection.execute(wanted.order_by(_version.number.desc()).limit(limit)).mappings().all()
        if found or (before is not None and before <= 1):
            return found
        kept = self._connection.execute(theirs.limit(1)).first()
        return [] if kept else self._only_one(organization_id)

    def _only_one(self, organization_id: str) -> list[Mapping[Any, Any]]:
        wanted = select(organization).where(organization.c.id == organization_id)
        row = self._connection.execute(wanted).mappings().one()
        return [{**_FIRST, "said": {name: row[name] for name in SAID if row[name]}, "at": row["created_at"]}]


def public_versions(connection: Connection, organization_ids: Collection[str]) -> dict[str, list[Mapping[Any, Any]]]:
    """Return the versions that everybody could read, by organization, the oldest first.

    Of one that keeps a hidden place there are none: what it said when the place was public may name it.
    """
    hidden = select(listing.c.organization_id).where(listing.c.location_kind == "confidential")
    wanted = select(organization_version).where(
        is_among(_version.organization_id, organization_ids),
        _version.is_public,
        _version.organization_id.not_in(hidden.where(is_among(listing.c.organization_id, organization_ids))),
    )
    told: dict[str, list[Mapping[Any, Any]]] = {}
    for row in connection.execute(wanted.order_by(_version.organization_id, _version.number)).mappings():
        told.setdefault(row["organization_id"], []).append(row)
    return told


def _said(kept: Organization) -> dict[str, Any]:
    translations = [translation_row(entry) for entry in kept.translations]
    said = {name: getattr(kept, name) for name in SAID} | {"translations": translations}
    return {name: value for name, value in said.items() if value}

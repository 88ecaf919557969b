"""Puts public services, organizations and terms into the shapes of HSDS 3; what has no value is left out.

There is no shape here for a confidential place, and no way to read one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.clock import to_rfc3339
from services.directory.adapters.hsds_values import filled, pick, present, rest
from services.directory.adapters.rows import room_of_row
from services.directory.adapters.service_rows import ServiceRows
from services.directory.adapters.wording import english_note
from services.directory.domain.accessibility import ACCESSIBILITY
from services.directory.domain.closing import ACTIVE
from services.directory.domain.part_ids import part_id
from services.directory.domain.schedules import leaves_nothing_out

_SERVICE_FIELDS = (
    "id", "organization_id", "name", "alternate_name", "description", "url", "email", "application_process",
    "fees_description", "wait_time", "eligibility_description", "minimum_age", "maximum_age", "alert",
)  # fmt: skip
_SERVICE_DETAIL = (
    "program_id", "interpretation_services", "fees", "accreditations", "assured_date", "assurer_email", "licenses",
)  # fmt: skip
# Those that an import told and that are no whole years stay in the detail.
_AGES = ("minimum_age", "maximum_age")
_ORGANIZATION_FIELDS = ("id", "name", "alternate_name", "description", "email", "website")
_ORGANIZATION_DETAIL = (
    "tax_status", "tax_id", "year_incorporated", "legal_status", "logo", "uri", "parent_organization_id",
)  # fmt: skip
_PROGRAM_FIELDS = ("id", "organization_id", "name", "alternate_name", "description")
_PLACE_FIELDS = ("id", "service_id", "location_id", "description")
_LOCATION_FIELDS = (
    "id", "location_type", "url", "organization_id", "name", "alternate_name", "description", "transportation",
    "latitude", "longitude", "precision", "external_identifier", "external_identifier_type",
)  # fmt: skip
# What of an imported detail is never passed on, because it is said from what is known here.
_SAID_BY_US = {"service_at_locations": None, "reopens_at": None, "sex": None}
LANGUAGE_OF_NAMES = "en"
_ALWAYS = {
    "byday": "MO,TU,WE,TH,FR,SA,SU",
    "opens_at": "00:00",
    "closes_at": "24:00",
    "open_on_holidays": True,
}


def service_in_list(rows: ServiceRows) -> dict[str, Any]:
    """Return a service as lists show it: its own fields, its organization and its program."""
    detail = rows.service["hsds"]
    return {
        **_own(rows),
        "organization": organization(rows.organization),
        **present({"program": pick(detail.get("program") or {}, _PROGRAM_FIELDS)}),
    }


def _own(rows: ServiceRows) -> dict[str, Any]:
    """Return what one service has one of."""
    # A date, which stays true; how long ago that was is for the reader to count.
    confirmed = rows.service["confirmed_at"]
    return {
        **pick(rows.service, _SERVICE_FIELDS),
        **_exact_ages(rows.service),
        **_alert(rows.service),
        "status": _status(rows.service),
        **present({"assured_date": confirmed.date().isoformat() if confirmed else None}),
        **pick(rows.service["hsds"], _SERVICE_DETAIL),
        "last_modified": to_rfc3339(rows.service["last_modified"]),
        **_unlike_others(rows.service),
    }


def _alert(service: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what is read first: why it is closed, while it is, and then what the listing itself has to say."""
    notice = service["closing_notice"] if service["service_status"] != ACTIVE else None
    return present({"alert": "\n".join(filter(None, (notice, service["alert"])))})


def _unlike_others(service: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what HSDS has no word for: for which sex alone, an address nobody may know, when a door opens again."""
    reopens_at = service["reopens_at"] if service["service_status"] != ACTIVE else None
    return present(
        {
            "sex": service["sex"] if service["sex"] != "any" else None,
            "has_confidential_address": service["location_kind"] == "confidential" or None,
            "reopens_at": to_rfc3339(reopens_at) if reopens_at else None,
        }
    )


def _status(service: Mapping[Any, Any]) -> str:
    """Return whether it is open; of one that is gone for good a feed says more than we have a word for."""
    status = str(service["service_status"])
    return "defunct" if status != ACTIVE and service["hsds"].get("status") == "defunct" else status


def _exact_ages(service: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the ages that an import told otherwise than in whole years, which is how the own fields count them."""
    told = pick(service["hsds"], _AGES)
    return {name: age for name, age in told.items() if service[name] in (None, math.floor(age))}


def service_in_full(
    rows: ServiceRows, places: Sequence[dict[str, Any]], *, history: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return a service with everything that belongs to it.

    ``places`` are its service_at_locations in full, ``history`` is what its fields said before, as HSDS's metadata.
    """
    service_id, own = rows.service["id"], _own(rows)
    own["organization"] = organization_in_full(rows.organization)
    nested = {
        "phones": _phones(service_id, rows.service["phone"]),
        "schedules": _schedules(service_id, rows.service),
        "service_areas": [_area(service_id, area) for area in rows.areas],
        "service_at_locations": list(places),
        "languages": [
            {"id": part_id(service_id, f"language:{code}"), "code": code} for code in rows.service["languages"]
        ],
        "capacities": _capacities(service_id, rows.service),
        "attributes": [_attribute(service_id, term) for term in rows.terms],
        "translations": [present(entry) for entry in rows.service["translations"]],
        "confirm_by": rows.service["confirm_by"].isoformat() if rows.service["confirm_by"] else None,
        # HSDS knows it of physical places alone; a line or a shelter has it too.
        "accessibility": list(rows.service["accessibility"]),
    }
    # Free places that were reported here are newer than what an import told.
    reported = {"capacities": None} if nested["capacities"] else {}
    detail = rest(rows.service["hsds"], without={**own, **reported, **_SAID_BY_US})
    metadata = [*history, *detail.pop("metadata", ())]
    return {**own, **present(nested), **detail, **present({"metadata": metadata})}


def organization(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what one organization has one of."""
    own = {**pick(row["hsds"], _ORGANIZATION_DETAIL), **pick(row, _ORGANIZATION_FIELDS)}
    # HSDS requires it, even where nobody has said anything.
    return {**own, "description": row["description"]}


def organization_in_full(row: Mapping[Any, Any], history: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return an organization with everything that belongs to it but its services; ``history`` is HSDS's metadata."""
    own = organization(row)
    phones = present({"phones": _phones(row["id"], row["phone"])})
    detail = rest(row["hsds"], without={**own, "services": None})
    translations = [present(entry) for entry in row["translations"]]
    lasting = {"translations": translations, "metadata": [*history, *detail.pop("metadata", ())]}
    return {**own, **phones, **detail, **present(lasting)}


def places_in_full(rows: ServiceRows) -> list[dict[str, Any]]:
    """Return the pairs of the service and its public places: those an import told, or else the listing's own."""
    told = rows.service["hsds"].get("service_at_locations")
    if told:
        return [filled(place) for place in told]
    where, is_imported = rows.location, "status" in rows.service["hsds"]
    if where is None or (is_imported and where["kind"] == "virtual"):
        # Of a service that was imported without a place nobody said that it is given from afar.
        return []
    place = {
        "id": where["service_at_location_id"],
        "service_id": rows.service["id"],
        "location_id": where["id"],
        "location": _location(rows, where),
    }
    return [place]


def place_in_list(place: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pair of service and place as lists show it."""
    where = pick(place.get("location") or {}, _LOCATION_FIELDS)
    return {**pick(place, _PLACE_FIELDS), **present({"location": where})}


def _location(rows: ServiceRows, where: Mapping[Any, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = {"id": where["id"], "location_type": where["kind"]}
    if rows.place is None:
        return shape
    shape |= {
        "name": rows.place["name"],
        "latitude": where["latitude"],
        "longitude": where["longitude"],
        **({} if where["is_exact"] else {"precision": "municipality"}),
        "external_identifier": rows.place["code"],
        "external_identifier_type": "municipality",
    }
    if where["address_1"]:
        shape["addresses"] = [_address(rows, where)]
    if rows.service["accessibility"]:
        shape["accessibility"] = [_accessibility(where["id"], code) for code in rows.service["accessibility"]]
    return shape


def _accessibility(location_id: str, code: str) -> dict[str, Any]:
    return {
        "id": part_id(location_id, f"accessibility:{code}"),
        "location_id": location_id,
        "description": ACCESSIBILITY.get(code, code),
        "details": code,
    }


def _address(rows: ServiceRows, where: Mapping[Any, Any]) -> dict[str, Any]:
    place = rows.place or {}
    return {
        "id": part_id(where["id"], "address"),
        "address_1": where["address_1"],
        "city": place["name"],
        "state_province": (rows.region or place)["name"],
        # HSDS requires it, and many places here have none.
        "postal_code": where["postal_code"] or "",
        "country": place["country"],
        "address_type": "physical",
    }


def _phones(parent: str, number: str | None) -> list[dict[str, Any]]:
    return [{"id": part_id(parent, "phone"), "number": number}] if number else []


def _schedules(service_id: str, service: Mapping[Any, Any]) -> list[dict[str, Any]]:
    always = _ALWAYS | {"description": english_note("always_open")}
    entries = [always] if service["always_open"] else service["schedule"]
    all_week = leaves_nothing_out(entries)
    return [_schedule(service_id, number, entry, all_week=all_week) for number, entry in enumerate(entries)]


def _schedule(service_id: str, number: int, entry: Mapping[str, Any], *, all_week: bool) -> dict[str, Any]:
    # HSDS has no word for holidays, so that it is said in its notes.
    shown = {name: value for name, value in entry.items() if name != "open_on_holidays"}
    notes = english_note("open_on_holidays" if all_week or entry.get("open_on_holidays") else "closed_on_holidays")
    return {"id": part_id(service_id, f"schedule:{number}"), "freq": "WEEKLY", **shown, "notes": notes}


def _area(service_id: str, area: Mapping[Any, Any]) -> dict[str, Any]:
    code = area["code"]
    return {
        "id": part_id(service_id, f"area:{code}"),
        "name": area["name"],
        "extent": code,
        "extent_type": "municipality",
    }


def _capacities(service_id: str, service: Mapping[Any, Any]) -> list[dict[str, Any]]:
    room = room_of_row(service)
    if room is None:
        return []
    capacity = {
        "id": part_id(service_id, "capacity"),
        "unit": {"id": part_id(service_id, f"unit:{room.unit}"), "name": room.unit},
        "available": room.available,
        "maximum": room.maximum,
        "updated": to_rfc3339(room.updated_at),
        "reported_at": to_rfc3339(room.reported_at) if room.reported_at else None,
    }
    return [{name: value for name, value in capacity.items() if value is not None}]


def _attribute(service_id: str, term: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "id": part_id(service_id, f"term:{term['code']}"),
        "link_id": service_id,
        "link_entity": "service",
        "link_type": "service_type",
        "taxonomy_term_id": term["id"],
        "taxonomy_term": taxonomy_term(term, with_names=False),
    }


def taxonomy(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a taxonomy."""
    return {"id": row["id"], "name": row["name"], "description": row["description"]}


def as_it_came(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a taxonomy or a term that an import brought, empty values left out however deep."""
    kept: dict[str, Any] = filled(document)
    return kept


def taxonomy_term(row: Mapping[Any, Any], *, with_names: bool = True) -> dict[str, Any]:
    """Return a term; ``with_names`` adds its names in all languages, which HSDS does not know."""
    names, descriptions = row["names"], row["descriptions"]
    shape = {
        "id": row["id"],
        "code": row["code"],
        "name": names[LANGUAGE_OF_NAMES],
        "description": descriptions.get(LANGUAGE_OF_NAMES) or names[LANGUAGE_OF_NAMES],
        "parent_id": row["parent_id"],
        "taxonomy": row["taxonomy_name"],
        "taxonomy_id": row["taxonomy_id"],
        "language": LANGUAGE_OF_NAMES,
    }
    return present({**shape, "names": names} if with_names else shape)

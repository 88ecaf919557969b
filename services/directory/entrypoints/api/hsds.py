"""Puts public services into the shapes of HSDS 3; what has no value is left out.

There is no shape here for a confidential place, and no way to read one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.clock import to_rfc3339
from services.directory.adapters.queries import ServiceRows

_SERVICE_FIELDS = (
    "id", "organization_id", "name", "alternate_name", "description", "url", "email", "application_process",
    "fees_description", "wait_time", "eligibility_description", "minimum_age", "maximum_age", "alert",
)  # fmt: skip
_ORGANIZATION_FIELDS = ("id", "name", "alternate_name", "description", "email", "website")
LANGUAGE_OF_NAMES = "en"


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what has no value."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _id(parent: str, name: str) -> str:
    """Return the id of a part, the same at every reading."""
    return str(uuid.uuid5(uuid.UUID(parent), name))


def service_in_list(rows: ServiceRows) -> dict[str, Any]:
    """Return a service as lists show it: its own fields and its organization."""
    shape = present({name: rows.service[name] for name in _SERVICE_FIELDS})
    shape["status"] = "active"
    shape["last_modified"] = to_rfc3339(rows.service["last_modified"])
    shape["organization"] = organization(rows.organization)
    return shape


def service_in_full(rows: ServiceRows) -> dict[str, Any]:
    """Return a service with everything that belongs to it."""
    service_id = rows.service["id"]
    nested = {
        "phones": _phones(service_id, rows.service["phone"]),
        "schedules": [_schedule(service_id, number, entry) for number, entry in enumerate(rows.service["schedule"])],
        "service_areas": [_area(service_id, area) for area in rows.areas],
        "service_at_locations": [service_at_location(rows, with_service=False)] if rows.location else [],
        "languages": [{"id": _id(service_id, f"language:{code}"), "code": code} for code in rows.service["languages"]],
        "capacities": _capacities(service_id, rows.service),
        "attributes": [_attribute(service_id, term) for term in rows.terms],
        "translations": rows.service["translations"],
    }
    return {**service_in_list(rows), **present(nested)}


def organization(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return an organization's own fields."""
    return present({name: row[name] for name in _ORGANIZATION_FIELDS})


def organization_in_full(row: Mapping[Any, Any], services: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return an organization with its telephone and its services."""
    nested = {"phones": _phones(row["id"], row["phone"]), "services": list(services)}
    return {**organization(row), **present(nested)}


def service_at_location(rows: ServiceRows, *, with_service: bool, in_full: bool = True) -> dict[str, Any]:
    """Return the pair of a service and its public place; call it only where there is one."""
    where = rows.location
    if where is None:
        raise ValueError("the service has no public place")
    shape = {
        "id": where["service_at_location_id"],
        "service_id": rows.service["id"],
        "location_id": where["id"],
        "location": _location(rows, where, in_full=in_full),
    }
    if with_service:
        shape["service"] = service_in_list(rows)
        shape["service"].pop("organization")
    return shape


def _location(rows: ServiceRows, where: Mapping[Any, Any], *, in_full: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {"id": where["id"], "location_type": where["kind"]}
    if rows.place is None:
        return shape
    shape |= {
        "name": rows.place["name"],
        "latitude": where["latitude"],
        "longitude": where["longitude"],
        "external_identifier": rows.place["code"],
        "external_identifier_type": "municipality",
    }
    if in_full and where["address_1"]:
        shape["addresses"] = [_address(rows, where)]
    return shape


def _address(rows: ServiceRows, where: Mapping[Any, Any]) -> dict[str, Any]:
    place = rows.place or {}
    return {
        "id": _id(where["id"], "address"),
        "address_1": where["address_1"],
        "city": place["name"],
        "state_province": (rows.region or place)["name"],
        # HSDS requires it, and many places here have none.
        "postal_code": where["postal_code"] or "",
        "country": place["country"],
        "address_type": "physical",
    }


def _phones(parent: str, number: str | None) -> list[dict[str, Any]]:
    return [{"id": _id(parent, "phone"), "number": number}] if number else []


def _schedule(service_id: str, number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": _id(service_id, f"schedule:{number}"), "freq": "WEEKLY", **entry}


def _area(service_id: str, area: Mapping[Any, Any]) -> dict[str, Any]:
    code = area["code"]
    return {"id": _id(service_id, f"area:{code}"), "name": area["name"], "extent": code, "extent_type": "municipality"}


def _capacities(service_id: str, service: Mapping[Any, Any]) -> list[dict[str, Any]]:
    if service["capacity_available"] is None:
        return []
    unit = {"id": _id(service_id, f"unit:{service['capacity_unit']}"), "name": service["capacity_unit"]}
    capacity = {
        "id": _id(service_id, "capacity"),
        "unit": unit,
        "available": service["capacity_available"],
        "maximum": service["capacity_maximum"],
        "updated": to_rfc3339(service["capacity_updated_at"]),
    }
    return [{name: value for name, value in capacity.items() if value is not None}]


def _attribute(service_id: str, term: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "id": _id(service_id, f"term:{term['code']}"),
        "link_id": service_id,
        "link_entity": "service",
        "link_type": "service_type",
        "taxonomy_term_id": term["id"],
        "taxonomy_term": taxonomy_term(term, with_names=False),
    }


def taxonomy(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a taxonomy."""
    return {"id": row["id"], "name": row["name"], "description": row["description"]}


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

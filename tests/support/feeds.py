"""Writes services with places as a feed of HSDS tells them, and publishes them by an import."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from services.directory.bootstrap import Directory
from services.directory.domain.public_holidays import is_public_holiday
from tests.support.directory import Agency
from tests.support.imports import codes_of, imported

# As an address names them.
CITY = {
    "AL-tirane": "Tiranë", "AL-shkoder": "Shkodër", "AL-durres": "Durrës", "XK-prishtine": "Prishtinë",
    "RO-cluj-napoca": "Cluj-Napoca",
}  # fmt: skip


def a_word() -> str:
    """Return a word that no other text holds."""
    return "fjale" + uuid.uuid4().hex[:10].translate(str.maketrans("0123456789", "ghijklmnop"))


def new_id() -> str:
    """Return an id as feeds have them."""
    return str(uuid.uuid4())


def place(municipality: str | None = None, **said: Any) -> dict[str, Any]:
    """Return a service at a location; ``said`` may hold name, postal_code, point, schedules, accessibility, attributes.

    ``building_schedules`` are those of the location, ``service_areas`` those of the pair.
    """
    location: dict[str, Any] = {"id": new_id(), "location_type": "physical" if municipality else "virtual"}
    if "name" in said:
        location["name"] = said["name"]
    if municipality:
        city = {"city": CITY[municipality], "state_province": CITY[municipality], "country": municipality[:2]}
        address = {"id": new_id(), "address_1": "Rruga 1", "address_type": "physical", **city}
        location["addresses"] = [{**address, "postal_code": said.get("postal_code", "")}]
    if "point" in said:
        location["latitude"], location["longitude"] = said["point"]
    if "accessibility" in said:
        location["accessibility"] = [{"id": new_id(), "details": code} for code in said["accessibility"]]
    if "building_schedules" in said:
        location["schedules"] = said["building_schedules"]
    beside = {name: said[name] for name in ("schedules", "attributes", "service_areas") if name in said}
    return {"id": new_id(), "location": location, **beside}


def week(opens_at: str, closes_at: str, byday: str = "MO,TU,WE,TH,FR,SA,SU") -> list[dict[str, Any]]:
    """Return one schedule of every week."""
    return [{"id": new_id(), "freq": "WEEKLY", "byday": byday, "opens_at": opens_at, "closes_at": closes_at}]


def attribute(term_id: str, name: str, **said: Any) -> dict[str, Any]:
    """Return what attaches a term of a feed's own."""
    term = {"id": term_id, "name": name, "description": "Of a feed.", **said}
    return {"id": new_id(), "taxonomy_term_id": term_id, "taxonomy_term": term}


def service(name: str, places: Sequence[Mapping[str, Any]] = (), **said: Any) -> dict[str, Any]:
    """Return a service with its organization."""
    owner = {"id": new_id(), "name": f"Owner of {name}", "description": "Publishes by itself."}
    own = {"id": new_id(), "name": name, "description": "Of a feed.", "status": "active", "organization": owner}
    return {**own, **({"service_at_locations": list(places)} if places else {}), **said}


def offering(term_code: str) -> list[dict[str, Any]]:
    """Return what says of a service that it is of this kind of our own taxonomy."""
    return [attribute(new_id(), term_code, code=term_code)]


def area(code: str) -> dict[str, Any]:
    """Return a service area that is one municipality, or a whole country."""
    return {"id": new_id(), "extent": code, "name": code}


def receiving(directory: Directory, agency: Agency) -> None:
    """Let the agency receive the referrals of all organizations that it has imported."""
    theirs = "SELECT id FROM organization WHERE maintaining_agency_id = :id"
    with directory.engine.begin() as connection:
        for change in (
            "UPDATE organization SET agency_id = :id WHERE maintaining_agency_id = :id",
            f"UPDATE search_entry SET has_agency = true WHERE organization_id IN ({theirs})",
        ):
            connection.execute(text(change), {"id": agency.id})


def published(directory: Directory, agency: Agency, *services: Mapping[str, Any]) -> None:
    """Import and publish them."""
    lines = "\n".join(map(json.dumps, services))
    job = imported(directory, agency, lines, format="ndjson", country="AL", publish=True)
    assert (job["state"], codes_of(job)) == ("done", []), job["rows"]


def coming_day() -> datetime:
    """A day on which all countries of the places work."""
    day = datetime.now(ZoneInfo("Europe/Tirane")) + timedelta(days=1)
    while any(is_public_holiday(country, day.date()) for country in ("AL", "XK")):
        day += timedelta(days=1)
    return day

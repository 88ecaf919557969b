"""Builds the rows that search judges the single places of a service by, where they are not all as the service says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.directory.adapters.opening_index import opening_columns
from services.directory.adapters.published_places import coordinates_of, postcode_of
from services.directory.domain.accessibility import accessibility_told
from services.directory.domain.hsds_mapping import areas_said
from services.directory.domain.listing import ListingContent
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation
from services.directory.domain.opening_hours import OpeningHours
from services.directory.domain.schedules import own_hours_of_place, says_hours
from services.directory.domain.told_terms import place_parts, told_keys

_LETTERS_OF_COUNTRY = 2
# What a single place must say as its service does, so that the service's entry is enough to judge both by.
_SAME_AS_SERVICE = ("municipality_code", "country", "postal_code", "latitude", "longitude")


class Towns(Protocol):
    """Knows places and areas, by name and by where they lie."""

    def place_at(self, names: Iterable[str], country: str | None, latitude: Any, longitude: Any) -> str | None:
        """Return the code of the place with one of these names, or else of the nearest one, or None."""
        ...

    def areas(self, said: Iterable[Sequence[str]], country: str | None) -> tuple[str, ...]:
        """Return the codes of areas that are told by their codes and names, as far as they are known."""
        ...


@dataclass(frozen=True)
class PlaceEntry:
    """One place's row, and its own hours; None where it keeps its service's."""

    row: dict[str, Any]
    hours: OpeningHours | None


def told_places(content: ListingContent) -> Sequence[Mapping[str, Any]]:
    """Return the places that an import told of a service; beside one that must not be known there are none."""
    if isinstance(content.location, ConfidentialLocation):
        return ()
    return told_places_in(content.hsds)


def told_places_in(detail: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the places in what an import told of a service, in the order that their positions count."""
    return detail.get("service_at_locations") or ()


def towns_of(content: ListingContent, country: str, towns: Towns | None) -> list[str | None]:
    """Return the code of the municipality of each told place, in order; None where it is not known, or there is none.

    The listing's own place is one of them, and is not looked up again. Without ``towns`` none of the others is.
    """
    told, own = told_places(content), content.location
    codes = [_town(place, country, towns) if towns is not None else None for place in told]
    if isinstance(own, PhysicalLocation):
        real = [number for number, place in enumerate(told) if not _is_virtual(place)]
        found = [number for number in real if codes[number] is not None] or real
        for number in found[:1]:
            codes[number] = own.municipality
    return codes


def _town(place: Mapping[str, Any], country: str, towns: Towns) -> str | None:
    if _is_virtual(place):
        return None
    where, address = _location(place), _address(place)
    names = [where.get("external_identifier"), address.get("city"), address.get("region"), where.get("name")]
    latitude, longitude = coordinates_of(place) or (None, None)
    return towns.place_at([str(name) for name in names if name], _country(place) or country, latitude, longitude)


def says_areas(place: Mapping[str, Any]) -> bool:
    """Say whether a told place has service areas of its own, known here or not."""
    return any(areas_said(place))


def areas_of(content: ListingContent, country: str, towns: Towns | None) -> list[list[str] | None]:
    """Return the codes of what each told place serves, in order; None where it says none that is known here."""
    told = told_places(content)
    if towns is None:
        return [None for _ in told]
    return [list(towns.areas(areas_said(place), _country(place) or country)) or None for place in told]


def served_at_places(content: ListingContent, areas: Sequence[list[str] | None]) -> list[str]:
    """Return the codes of all that is served at some place: by it alone, or by all that say nothing of their own."""
    each = [content.serves if own is None else own for own in areas] or [content.serves]
    return list(dict.fromkeys(code for served in each for code in served))


def points_of(
    content: ListingContent, towns: Sequence[str | None], centres: Mapping[str, tuple[float, float]]
) -> list[tuple[float, float] | None]:
    """Return where each told place lies: by its own coordinates, or else in the middle of its municipality."""
    told = zip(told_places(content), towns, strict=True)
    return [coordinates_of(place) or (centres.get(town) if town else None) for place, town in told]


def place_entries(
    content: ListingContent,
    towns: Sequence[str | None],
    points: Sequence[tuple[float, float] | None],
    areas: Sequence[list[str] | None],
    service: tuple[Mapping[str, Any], OpeningHours],
    now: datetime,
) -> list[PlaceEntry]:
    """Return the entries of a service's places; none where all that it says holds at its only one.

    ``towns``, ``points`` and ``areas`` come from the functions above, ``service`` is the service's row and its hours.
    """
    entry, hours = service
    service_says = content.always_open or bool(content.schedule) or says_hours(content.hsds)
    entries = []
    for place, town, point, served in zip(told_places(content), towns, points, areas, strict=True):
        country = town[:_LETTERS_OF_COUNTRY] if town else _country(place) or str(entry["country"])
        own = own_hours_of_place(country, place, service_says=service_says)
        entries.append(
            PlaceEntry({**_row(place, town, point), "serves": served, **_hours_columns(country, own, now)}, own)
        )
    is_plain = len(entries) == 1 and _adds_nothing(entries[0], entry, hours)
    return [] if is_plain else [_numbered(each, number, entry["listing_id"]) for number, each in enumerate(entries)]


def _row(place: Mapping[str, Any], town: str | None, point: tuple[float, float] | None) -> dict[str, Any]:
    latitude, longitude = point or (None, None)
    return {
        "municipality_code": town,
        "postal_code": postcode_of(place),
        "accessibility": accessibility_told(place.get("location")),
        "told_terms": list(dict.fromkeys(key for part in place_parts(place) for key in told_keys(part))),
        "latitude": latitude,
        "longitude": longitude,
    }


def _hours_columns(country: str, own: OpeningHours | None, now: datetime) -> dict[str, Any]:
    if own is None:
        columns: dict[str, Any] = {"country": country, "open_minutes": None, "special_hours_kept_on": None}
    else:
        columns = opening_columns(own, now)
    return {"keeps_own_hours": own is not None, **columns}


def _numbered(entry: PlaceEntry, number: int, listing_id: str) -> PlaceEntry:
    return PlaceEntry({"listing_id": listing_id, "position": number, **entry.row}, entry.hours)


def _adds_nothing(place: PlaceEntry, entry: Mapping[str, Any], hours: OpeningHours) -> bool:
    is_same = all(place.row[name] == entry[name] for name in _SAME_AS_SERVICE)
    served = place.row["serves"]
    serves_same = served is None or set(served) == set(entry["serves"])
    says_more = place.row["accessibility"] is not None or place.row["told_terms"] or not serves_same
    return is_same and not says_more and place.hours in (None, hours)


def _is_virtual(place: Mapping[str, Any]) -> bool:
    return bool(_location(place).get("location_type") == "virtual")


def _country(place: Mapping[str, Any]) -> str | None:
    code = str(_address(place).get("country") or "").upper()
    return code if len(code) == _LETTERS_OF_COUNTRY and code.isalpha() else None


def _address(place: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((each for each in _location(place).get("addresses") or () if isinstance(each, Mapping)), {})


def _location(place: Mapping[str, Any]) -> Mapping[str, Any]:
    where = place.get("location")
    return where if isinstance(where, Mapping) else {}

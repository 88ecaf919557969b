"""Builds the row that search knows of a published listing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.directory.adapters.geography import SEVERAL_CELLS, box, cell, point
from services.directory.adapters.match_keys import match_keys
from services.directory.adapters.opening_index import opening_columns
from services.directory.adapters.place_entries import (
    PlaceEntry,
    Towns,
    areas_of,
    place_entries,
    points_of,
    served_at_places,
    told_places,
    towns_of,
)
from services.directory.adapters.published_places import plain_postcode
from services.directory.adapters.reference_cache import Reference
from services.directory.adapters.rows import schedule_row
from services.directory.adapters.search_text import area_code, local_vector, owner_code, place_code, term_code, vector
from services.directory.domain.listing import Listing, ListingContent, Tier
from services.directory.domain.location import kind_of
from services.directory.domain.opening_hours import OpeningHours
from services.directory.domain.schedules import opening_hours_of
from services.directory.domain.spelling import plain, plain_words
from services.directory.domain.told_terms import AT_A_PLACE, place_parts, told_keys, told_names
from services.directory.domain.verification import standing

# Whoever serves more single places than this is found by the areas above them, or not by place at all.
_MOST_AREAS_NAMED = 100
_NAMES = ("name", "alternate_name")
_DESCRIPTIONS = ("description", "eligibility_description", "alert")
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Entry:
    """A listing's row in the index, its hours, and the words that it adds to those a typing error may mean.

    ``places`` are those that search judges one by one.
    """

    row: dict[str, Any]
    hours: OpeningHours
    words: frozenset[str]
    places: Sequence[PlaceEntry]


def entry_of(
    listing: Listing, owner: Row, place: Row | None, reference: Reference, now: datetime, *, towns: Towns | None = None
) -> Entry:
    """Return what search knows of a listing.

    ``place`` is its row of the public locations, where a confidential one has none: its address, town and coordinates
    cannot get into the index. ``towns`` is needed where it has several places, or one that serves areas of its own.
    """
    content = listing.content
    hours = opening_hours(content, country_of(owner, place))
    codes = towns_of(content, hours.country, towns)
    points = points_of(content, codes, reference.centres)
    areas = areas_of(content, hours.country, towns)
    served = served_at_places(content, areas)
    weighted = _weighted(content, owner, place, reference, codes, served)
    row = {
        "listing_id": listing.id,
        **_filters(listing, owner, place),
        **opening_columns(hours, now),
        "terms": _terms(content, reference),
        "document": vector({**weighted, "C": [*weighted["C"], *_owner_codes(owner)]}),
    }
    row |= _further_places(points, (row["latitude"], row["longitude"]))
    row["local_document"] = _local(weighted, row)
    places = place_entries(content, codes, points, areas, (row, hours), now)
    row |= {"has_places": bool(places), "told_terms": _told_terms(content), "own_serves": None}
    if places and any(own is not None for own in areas):
        row |= {"serves": served, "own_serves": list(content.serves)}
    row["match_keys"] = _match_keys(row)
    # A correction must not tell that there is a service which not everybody may know of.
    is_public = content.tier is Tier.PUBLIC
    words = frozenset(word for of_weight in weighted.values() for word in of_weight if "." not in word)
    return Entry(row, hours, words if is_public else frozenset(), places)


def _local(weighted: Mapping[str, list[str]], row: Row) -> str | None:
    """Return what a service is found by around its place; one with several places is looked at wherever it is asked."""
    if row["further_box"] is not None:
        return local_vector(weighted, SEVERAL_CELLS)
    return local_vector(weighted, cell(row["latitude"], row["longitude"])) if row["latitude"] is not None else None


def _match_keys(row: Row) -> list[int]:
    points = list(zip(row["further_latitudes"] or (), row["further_longitudes"] or (), strict=True))
    if row["latitude"] is not None:
        points.append((row["latitude"], row["longitude"]))
    names_no_area = not row["serves"] or row["own_serves"] == []
    return match_keys(row["terms"], row["serves"], points, names_no_area=names_no_area)


def _terms(content: ListingContent, reference: Reference) -> list[str]:
    """Return the codes of the terms with those above them."""
    return sorted({code for term in content.taxonomy_terms for code in reference.term_paths.get(term, ())})


def _told_terms(content: ListingContent) -> list[str]:
    """Return the keys of what feeds attached to the service, and to its places."""
    parts = (part for place in told_places(content) for part in place_parts(place))
    at_places = (AT_A_PLACE + key for part in parts for key in told_keys(part))
    return list(dict.fromkeys([*told_keys(content.hsds), *at_places]))


def country_of(owner: Row, place: Row | None) -> str:
    """Return the country whose clock and holidays a service follows: that of its public place, or its owner's."""
    code = place["municipality_code"] if place else None
    return str(code[:2] if code else owner["country"])


def opening_hours(content: ListingContent, country: str) -> OpeningHours:
    """Return the hours that a listing says."""
    schedule = [schedule_row(entry) for entry in content.schedule]
    return opening_hours_of(country, always_open=content.always_open, schedule=schedule, detail=content.hsds)


def seen_by(listing: Listing, owner: Row) -> list[str] | None:
    """Return the agencies that may know of a listing of the tier named; None where its tier alone decides."""
    if listing.content.tier is not Tier.NAMED:
        return None
    keepers = (owner["agency_id"], owner["maintaining_agency_id"])
    return sorted({*listing.content.named_agencies, *(agency for agency in keepers if agency)})


def _weighted(
    content: ListingContent,
    owner: Row,
    place: Row | None,
    reference: Reference,
    codes: Sequence[str | None],
    served: Sequence[str],
) -> dict[str, list[str]]:
    """Return words and codes by their weight in ranking: name, what and where, organization, description."""
    paths = [reference.term_paths.get(term, (term,)) for term in content.taxonomy_terms]
    towns = list(dict.fromkeys(code for code in (place["municipality_code"] if place else None, *codes) if code))
    serves = served if len(served) <= _MOST_AREAS_NAMED else ()
    own = [term_code(path[0]) for path in paths]
    return {
        "A": _words([content.name, content.alternate_name or "", *_translated(content, _NAMES)]),
        "B": [*own, *map(place_code, towns), *map(area_code, serves), *_words(_told_names(content))],
        "C": [
            *owner["spellings"].split(),
            *(place_code(area) for town in towns for area in reference.areas_above(town)),
            *(term_code(code) for path in paths for code in path[1:] if term_code(code) not in own),
        ],
        "D": [
            *(place_code(town[:2]) for town in towns),
            *_words(
                [
                    content.description,
                    *_translated(content, _DESCRIPTIONS),
                    content.eligibility.description or "",
                    content.alert or "",
                ]
            ),
        ],
    }


def _owner_codes(owner: Row) -> list[str]:
    """Return the codes of the names of its organization, for who asks for all that one offers."""
    told = (entry["text"] for entry in owner["translations"] if entry["field"] in _NAMES)
    return [owner_code(plain(name)) for name in (owner["name"], owner["alternate_name"], *told) if name]


def _told_names(content: ListingContent) -> list[str]:
    """Return what the terms are called that feeds attached to the service or to a place of it."""
    parts = (part for place in told_places(content) for part in place_parts(place))
    return [name for part in (content.hsds, *parts) for name in told_names(part)]


def _translated(content: ListingContent, fields: Collection[str]) -> list[str]:
    return [entry.text for entry in content.translations if entry.field in fields]


def _words(texts: Iterable[str]) -> list[str]:
    return plain_words(" ".join(texts))


def _filters(listing: Listing, owner: Row, place: Row | None) -> dict[str, Any]:
    content, room = listing.content, listing.room
    latitude, longitude = (place["latitude"], place["longitude"]) if place else (None, None)
    return {
        "organization_id": listing.organization_id,
        "has_agency": owner["agency_id"] is not None,
        "accepts_referrals": content.accepts_referrals,
        "capacity_available": room.available if room else None,
        "capacity_said_at": room.said_at if room else None,
        "accessibility": list(content.accessibility),
        "location_kind": kind_of(content.location),
        "tier": content.tier.value,
        "service_status": listing.service_status,
        "seen_by": seen_by(listing, owner),
        "confirm_by": listing.confirm_by,
        "standing": standing(listing.confirm_by, listing.last_modified.date()),
        "sort_name": plain(content.name),
        "languages": list(content.languages),
        "serves": list(content.serves),
        "municipality_code": place["municipality_code"] if place else None,
        "postal_code": plain_postcode(place["postal_code"] or "") or None if place else None,
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "latitude": latitude,
        "longitude": longitude,
        "place": point(latitude, longitude),
        "last_modified": listing.last_modified,
    }


def _further_places(
    points: Sequence[tuple[float, float] | None], own: tuple[float | None, float | None]
) -> dict[str, Any]:
    """Return where else a service is given, as an import told: each of its places counts in search by distance."""
    found = [where for where in points if where is not None]
    if not found or found == [own]:
        return {"further_latitudes": None, "further_longitudes": None, "further_box": None}
    latitudes, longitudes = zip(*found, strict=True)
    return {
        "further_latitudes": list(latitudes),
        "further_longitudes": list(longitudes),
        "further_box": box((min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))),
    }

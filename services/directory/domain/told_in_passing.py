"""Completes a service that a file tells of in passing, beside its places, with what is known of it here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.directory.domain.imports import Fault


def completed(document: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with everything that it leaves out as it is known; it says nothing of what it leaves out.

    A place is the one that is known by the same id; others are added, and those that the document does not name stay.
    """
    places = _completed_places(document.get("service_at_locations") or (), known.get("service_at_locations") or ())
    return {**known, **document, "service_at_locations": places}


def faults_beside(faults: Iterable[Fault], known: Mapping[str, Any]) -> list[Fault]:
    """Return those of a document's faults that remain faults where the rest is known."""
    return [fault for fault in faults if fault.code != "missing" or known.get(fault.column) is None]


def places_without_location(document: Mapping[str, Any], known: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each place of which neither the document nor what is known says where it is."""
    located = {_key(place) for place in known.get("service_at_locations") or () if place.get("location")}
    told = document.get("service_at_locations") or ()
    return [
        Fault(f"service_at_locations[{number}].location", "missing")
        for number, place in enumerate(told)
        if place.get("location") is None and _key(place) not in located
    ]


def _completed_places(told: Iterable[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the places in the order in which they are known, with new ones behind them."""
    places = {_key(place): place for place in known}
    for place in told:
        before = places.get(_key(place), {})
        places[_key(place)] = {**before, **place, **_completed_location(place, before)}
    return list(places.values())


def _completed_location(place: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    where, known = place.get("location"), before.get("location")
    if where is None:
        return {"location": known} if known else {}
    if not known or _key(where) != _key(known):
        return {"location": where}
    return {"location": {**known, **where}}


def _key(part: Mapping[str, Any]) -> str:
    return str(part.get("id")).lower()

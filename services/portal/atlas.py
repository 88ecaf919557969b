"""Draws the finder's map from outlines of our own: which part is shown, and where the numbered markers stand."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from services.portal.map_data.projection import HEIGHT, KM, WIDTH, on_map

_OUTLINES = Path(__file__).parent / "map_data" / "outlines.json"
_SHAPE = 4 / 3
_MARGIN = 1.12
# A marker is 24 CSS pixels wide on the narrowest phone, where the map is about 340 wide.
_MARKER = 0.036
_STEP = re.compile(r"-?\d+")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Marker:
    """One spot on the map: the numbers of the services there, in the order of the list."""

    x: float
    y: float
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    place: str = ""

    @property
    def label(self) -> str:
        """What stands in the marker: the first number, and how many more there are."""
        return f"{self.numbers[0]}" if len(self.numbers) == 1 else f"{self.numbers[0]} +{len(self.numbers) - 1}"


@dataclass(frozen=True)
class Map:
    """What the template needs to draw one map."""

    box: Box
    markers: Sequence[Marker]
    country: str | None = None
    centre: tuple[float, float] | None = None
    radius: float = 0.0

    @property
    def view_box(self) -> str:
        """The part of the map that is shown, as SVG wants it."""
        return " ".join(f"{value:.1f}" for value in self.box)

    @property
    def size(self) -> float:
        """Half the width of a marker."""
        return self.box[2] * _MARKER

    @property
    def countries(self) -> dict[str, str]:
        """The outlines of the countries that are in sight."""
        return {code: path for code, path in outlines()["countries"].items() if _meet(box_of(code), self.box)}

    @property
    def around(self) -> str:
        """The outlines of the land around them."""
        return str(outlines()["around"])


def drawn(
    services: Iterable[tuple[int, Mapping[str, Any]]],
    *,
    country: str | None,
    place: Mapping[str, Any] | None,
    within_km: int | None,
) -> Map:
    """Return the map for numbered services: around a place when a distance is asked, else its country, else all."""
    spots = [
        _Spot(number, service, on_map(latitude=north, longitude=east))
        for number, service in services
        for north, east in points_of(service)[:1]
    ]
    if place is not None and within_km and "latitude" in place:
        centre = on_map(latitude=place["latitude"], longitude=place["longitude"])
        box = _widened((centre[0] - within_km * KM, centre[1] - within_km * KM, 2 * within_km * KM, 2 * within_km * KM))
        return Map(box, _clustered(spots, box, named=True), country, centre, within_km * KM)
    box = _widened(box_of(country)) if country in outlines()["countries"] else (0.0, 0.0, WIDTH, HEIGHT)
    return Map(box, _clustered(spots, box), country)


def points_of(service: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return latitude and longitude of the places of a service that everybody may know."""
    locations = (pair.get("location") or {} for pair in service.get("service_at_locations") or ())
    return [
        (float(place["latitude"]), float(place["longitude"]))
        for place in locations
        if place.get("latitude") is not None and place.get("longitude") is not None
    ]


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two places lie from each other as the crow flies."""
    (north, east), (to_north, to_east) = (tuple(map(math.radians, point)) for point in (one, other))
    part = math.sin((to_north - north) / 2) ** 2
    part += math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(part))


@cache
def outlines() -> dict[str, Any]:
    """Read the outlines once."""
    return dict(json.loads(_OUTLINES.read_text(encoding="utf-8")))


@cache
def box_of(country: str) -> Box:
    """Return the part of the map that holds a country."""
    xs: list[float] = []
    ys: list[float] = []
    for ring in outlines()["countries"][country].split("M")[1:]:
        steps = [float(step) for step in _STEP.findall(ring)]
        x = y = 0.0
        for at in range(0, len(steps) - 1, 2):
            x, y = x + steps[at], y + steps[at + 1]
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _widened(box: Box) -> Box:
    """Return a box around another with some margin, always of one shape, so that the page does not jump."""
    width, height = box[2] * _MARGIN, box[3] * _MARGIN
    width, height = max(width, height * _SHAPE), max(height, width / _SHAPE)
    return box[0] + (box[2] - width) / 2, box[1] + (box[3] - height) / 2, width, height


def _meet(one: Box, other: Box) -> bool:
    return all(one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2] for axis in (0, 1))


@dataclass(frozen=True)
class _Spot:
    number: int
    service: Mapping[str, Any]
    point: tuple[float, float]

    def alone(self, *, named: bool) -> Marker:
        """Return the marker of this service; where few are near each other there is room for the place's name."""
        location = (self.service["service_at_locations"][0].get("location") or {}) if named else {}
        return Marker(*self.point, (self.number,), (str(self.service["name"]),), str(location.get("name") or ""))


def _clustered(spots: Iterable[_Spot], box: Box, *, named: bool = False) -> list[Marker]:
    """Put what would overlap into one marker, which stands where the first of them is."""
    near = box[2] * _MARKER * 2
    markers: list[Marker] = []
    for spot in spots:
        x, y = spot.point
        if not (box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]):
            continue
        at = next((i for i, other in enumerate(markers) if math.hypot(other.x - x, other.y - y) < near), None)
        if at is None:
            markers.append(spot.alone(named=named))
        else:
            first = markers[at]
            numbers, names = (*first.numbers, spot.number), (*first.names, str(spot.service["name"]))
            markers[at] = replace(first, numbers=numbers, names=names)
    return markers

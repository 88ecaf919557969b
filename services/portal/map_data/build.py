"""Makes ``outlines.json`` from Natural Earth: ``python -m services.portal.map_data.build countries-10m.json``.

The input is that file of the npm package ``world-atlas`` 2.0.2 (``npm pack world-atlas``); see docs/data-sources.md.
Arcs are simplified before rings are put together, so that neighbours keep one border between them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.portal.map_data.projection import HEIGHT, WIDTH, on_map

OUTLINES = Path(__file__).parent / "outlines.json"
# Natural Earth's names for the countries that the directory knows.
_COUNTRIES = {
    "Albania": "AL", "Bosnia and Herz.": "BA", "Bulgaria": "BG", "Kosovo": "XK",
    "Macedonia": "MK", "Montenegro": "ME", "Romania": "RO", "Serbia": "RS",
}  # fmt: skip
# In units of the map, each of which is about 1.1 km.
_COARSENESS = 1.0
_SMALLEST_RING = 6.0
Point = tuple[float, float]


def main() -> None:
    """Write the outlines."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [_simplified(arc) for arc in _arcs_on_map(topology)]
    outlines: dict[str, str] = {}
    around = ""
    for shape in topology["objects"]["countries"]["geometries"]:
        path = "".join(_paths(shape, arcs))
        if code := _COUNTRIES.get(shape["properties"]["name"]):
            outlines[code] = path
        else:
            around += path
    document = {"countries": dict(sorted(outlines.items())), "around": around}
    OUTLINES.write_text(json.dumps(document, indent=0) + "\n", encoding="utf-8")


def _arcs_on_map(topology: dict[str, Any]) -> Iterator[list[Point]]:
    (wide, high), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append(on_map(latitude=y * high + south, longitude=x * wide + west))
        yield points


def _simplified(points: Sequence[Point]) -> list[Point]:
    """Leave out what lies nearer than the coarseness to the line that stays (Douglas and Peucker)."""
    kept, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        inside = range(first + 1, last)
        furthest = max(inside, key=lambda at: _distance(points[at], points[first], points[last]), default=None)
        if furthest is not None and _distance(points[furthest], points[first], points[last]) > _COARSENESS:
            kept.add(furthest)
            spans += [(first, furthest), (furthest, last)]
    return [points[at] for at in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    wide, high = end[0] - start[0], end[1] - start[1]
    length = wide * wide + high * high
    along = ((point[0] - start[0]) * wide + (point[1] - start[1]) * high) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    off_x, off_y = point[0] - start[0] - along * wide, point[1] - start[1] - along * high
    return float((off_x * off_x + off_y * off_y) ** 0.5)


def _paths(shape: dict[str, Any], arcs: Sequence[Sequence[Point]]) -> Iterator[str]:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for outer, *_lakes in polygons:
        ring = _clipped(_ring(outer, arcs))
        if len(ring) > 2 and abs(_area(ring)) >= _SMALLEST_RING:
            yield _path(ring)


def _ring(numbers: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    ring: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring


def _clipped(ring: list[Point]) -> list[Point]:
    """Cut a ring to the map's frame, side by side (Sutherland and Hodgman)."""
    for axis, edge, keep_above in ((0, 0.0, True), (0, WIDTH, False), (1, 0.0, True), (1, HEIGHT, False)):
        ring = list(_cut(ring, axis, edge, keep_above=keep_above))
    return ring


def _cut(ring: list[Point], axis: int, edge: float, *, keep_above: bool) -> Iterator[Point]:
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        was_in, is_in = ((at[axis] >= edge) == keep_above for at in (before, point))
        if was_in != is_in:
            part = (edge - before[axis]) / (point[axis] - before[axis])
            yield (before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1]))
        if is_in:
            yield point


def _area(ring: Sequence[Point]) -> float:
    following = [*ring[1:], ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, following, strict=True)) / 2


def _path(ring: Sequence[Point]) -> str:
    """Write a ring in the words of SVG, whole units only and each point relative to the one before."""
    (x, y), *rest = [(round(at[0]), round(at[1])) for at in ring]
    steps = []
    for to_x, to_y in rest:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    return f"M{round(ring[0][0])} {round(ring[0][1])}l{' '.join(steps)}z".replace(" -", "-")


if __name__ == "__main__":
    main()

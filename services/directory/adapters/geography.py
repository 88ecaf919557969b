"""Turns coordinates into what PostgreSQL can index and compare without an extension."""

from __future__ import annotations

import math

from services.directory.adapters.sql import Sql, sql

_EARTH_RADIUS_KM = 6371.0
_KM_PER_DEGREE = math.pi * _EARTH_RADIUS_KM / 180
# Cells are an eighth of a degree high and wide, if nothing else is said: some 14 by 10 kilometres in the Balkans.
_CELLS_PER_DEGREE = 8.0
# Of the square inside a circle: on a sphere its corners reach out a little.
_PART_OF_SQUARE = 0.95
# Stands for lying in several places; no cell has this name.
SEVERAL_CELLS = "several"


def point(latitude: float | None, longitude: float | None) -> str | None:
    """Return a point as PostgreSQL reads it, in degrees, x being the longitude; None where there is no place."""
    return None if latitude is None or longitude is None else f"({longitude},{latitude})"


def box(corner: tuple[float, float], opposite: tuple[float, float]) -> str:
    """Return a box as PostgreSQL reads it, from the latitude and longitude of two corners."""
    return f"({point(*corner)},{point(*opposite)})"


def distance_km(latitude: str, longitude: str, *, from_place: tuple[float, float]) -> Sql:
    """Return the great-circle distance of a place in these columns; NULL where there is no place.

    One statement measures from one place, and has one circle around it.
    """
    near = {"from_latitude": from_place[0], "from_longitude": from_place[1]}
    here = "%(from_latitude)s::float8, %(from_longitude)s::float8"
    return Sql(f"distance_km({latitude}, {longitude}, {here})", near)


def distance_in_degrees(place: str, *, around: tuple[float, float]) -> Sql:
    """Return how far the point in this column is, in degrees; for an order that an index serves, not for measuring."""
    return sql(f"{place} <-> %(from_point)s::point", from_point=point(*around))


def is_in_box(place: str, *, around: tuple[float, float], km: float) -> Sql:
    """Return the condition that the point in this column lies in the smallest box that holds the circle.

    An index serves it.
    """
    return sql(f"{place} <@ %(outer_box)s::box", outer_box=_box(around, km))


def is_well_inside(place: str, *, around: tuple[float, float], km: float) -> Sql:
    """Return the condition that the point in this column lies in a box that the circle holds whole.

    It spares measuring most of what lies inside; what does not meet it may lie inside all the same.
    """
    latitude, longitude = around
    high = _PART_OF_SQUARE * km / math.sqrt(2) / _KM_PER_DEGREE
    # A degree of longitude is longest on the side of the box that is nearest to the equator.
    wide = high / max(0.01, math.cos(math.radians(min(89.0, max(0.0, abs(latitude) - high)))))
    inner = box((latitude - high, longitude - wide), (latitude + high, longitude + wide))
    return sql(f"{place} <@ %(inner_box)s::box", inner_box=inner)


def touches_box(reach: str, *, around: tuple[float, float], km: float) -> Sql:
    """Return the condition that a box of points touches the smallest box that holds the circle."""
    return sql(f"{reach} && %(outer_box)s::box", outer_box=_box(around, km))


def cell(latitude: float, longitude: float, *, per_degree: float = _CELLS_PER_DEGREE) -> str:
    """Return the eight digits of the cell that a place lies in."""
    return _cell_code(*_cell(latitude, longitude, per_degree))


def cells_around(
    around: tuple[float, float], km: float, *, most: int, per_degree: float = _CELLS_PER_DEGREE
) -> list[str] | None:
    """Return all cells that the circle may touch; None where they are more than ``most``, or go around the world."""
    south, west, north, east = _sides(around, km)
    if west < -180 or east > 180 or south < -90 or north > 90:
        return None
    (lowest, leftmost), (highest, rightmost) = _cell(south, west, per_degree), _cell(north, east, per_degree)
    rows = range(lowest, highest + 1)
    if len(rows) * (rightmost - leftmost + 1) > most:
        return None
    return [_cell_code(row, column) for row in rows for column in _columns(row, around, km, per_degree)]


def _columns(row: int, around: tuple[float, float], km: float, per_degree: float) -> range:
    """Return the columns whose cells in a row the circle may touch, by the row's edge nearest to the centre."""
    south = row / per_degree - 90
    nearest = min(max(around[0], south), south + 1 / per_degree)
    # On a sphere the nearest point of an edge lies a little off the one beside the centre.
    wide = _degrees_wide(around[0], nearest, 1.01 * km)
    if wide is None:
        return range(0)
    return range(_cell(0, around[1] - wide, per_degree)[1], _cell(0, around[1] + wide, per_degree)[1] + 1)


def _degrees_wide(latitude: float, other: float, km: float) -> float | None:
    """Return how far west or east, at another latitude, a circle reaches; None where it does not reach that far."""
    high = math.sin(math.radians(other - latitude) / 2) ** 2
    along = math.cos(math.radians(latitude)) * math.cos(math.radians(other))
    left = math.sin(min(math.pi, km / _EARTH_RADIUS_KM) / 2) ** 2 - high
    if left < 0:
        return None
    return math.degrees(2 * math.asin(min(1.0, math.sqrt(left / max(along, 1e-12)))))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance of two places, each a latitude and a longitude in degrees."""
    high, wide = math.radians(other[0] - one[0]) / 2, math.radians(other[1] - one[1]) / 2
    along = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(math.sin(high) ** 2 + along * math.sin(wide) ** 2)))


def _cell(latitude: float, longitude: float, per_degree: float) -> tuple[int, int]:
    return math.floor((latitude + 90) * per_degree), math.floor((longitude + 180) * per_degree)


def _cell_code(row: int, column: int) -> str:
    return f"{row:04d}{column:04d}"


def _box(around: tuple[float, float], km: float) -> str:
    south, west, north, east = _sides(around, km)
    return box((south, west), (north, east))


def _sides(around: tuple[float, float], km: float) -> tuple[float, float, float, float]:
    """Return the southernmost latitude, the westernmost longitude, and the northernmost and easternmost ones."""
    latitude, longitude = around
    high = km / _KM_PER_DEGREE
    wide = min(180.0, high / max(0.01, math.cos(math.radians(min(89.0, abs(latitude) + high)))))
    return latitude - high, longitude - wide, latitude + high, longitude + wide

"""Turns coordinates into what PostgreSQL can index and compare without an extension."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import ColumnElement, Float, case, func, literal, literal_column

_EARTH_RADIUS_KM = 6371.0
_KM_PER_DEGREE = math.pi * _EARTH_RADIUS_KM / 180


def point(latitude: float | None, longitude: float | None) -> ColumnElement[Any] | None:
    """Return the SQL value of a point in degrees, x being the longitude; None where there is no place."""
    if latitude is None or longitude is None:
        return None
    return func.point(longitude, latitude)


def distance_km(
    latitude: ColumnElement[float], longitude: ColumnElement[float], *, from_place: tuple[float, float]
) -> ColumnElement[float]:
    """Return the SQL expression of the great-circle distance (haversine)."""
    here_latitude, here_longitude = (literal(value, Float) for value in from_place)
    half_chord = func.power(func.sin(func.radians(latitude - here_latitude) / 2), 2) + func.cos(
        func.radians(here_latitude)
    ) * func.cos(func.radians(latitude)) * func.power(func.sin(func.radians(longitude - here_longitude) / 2), 2)
    # Rounding can lift the chord of two opposite points a hair above 1. No place, no distance: NULL stays NULL.
    chord = case((half_chord > 1, 1.0), else_=half_chord)
    return literal_column(str(2 * _EARTH_RADIUS_KM)) * func.asin(func.sqrt(chord))


def is_in_box(place: ColumnElement[Any], *, around: tuple[float, float], km: float) -> ColumnElement[bool]:
    """Return the condition that the point lies in the smallest box that holds the circle; an index serves it."""
    latitude, longitude = around
    high = km / _KM_PER_DEGREE
    wide = min(180.0, high / max(0.01, math.cos(math.radians(min(89.0, abs(latitude) + high)))))
    box = func.box(func.point(longitude - wide, latitude - high), func.point(longitude + wide, latitude + high))
    return place.bool_op("<@")(box)

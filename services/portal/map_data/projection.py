"""Where a place lies on the map: degrees become the map's units, 100 to a degree of latitude."""

from __future__ import annotations

import math

_WEST, _NORTH, _EAST, _SOUTH = 12.5, 48.9, 30.5, 38.9
_UNITS = 100
# Distances are true on this latitude, and within 5 in 100 everywhere on the map.
_SHRINK = math.cos(math.radians(43.8))
WIDTH = (_EAST - _WEST) * _SHRINK * _UNITS
HEIGHT = float((_NORTH - _SOUTH) * _UNITS)
KM = _UNITS / 111.2


def on_map(*, latitude: float, longitude: float) -> tuple[float, float]:
    """Return the point for a place; what lies outside the frame has a point outside it."""
    return (longitude - _WEST) * _SHRINK * _UNITS, (_NORTH - latitude) * _UNITS

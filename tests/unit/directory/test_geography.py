"""Boxes stand for circles only as far as they may: the inner one holds nothing that lies outside the circle."""

from __future__ import annotations

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from services.directory.adapters.geography import is_in_box, is_well_inside

_RADIUS_KM = 6371.0
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
latitudes, longitudes = st.floats(-85, 85), st.floats(-170, 170)
kilometres = st.floats(0.1, 1000)
shares = st.floats(0, 1)


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    high, wide = math.radians(other[0] - one[0]) / 2, math.radians(other[1] - one[1]) / 2
    along = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    return 2 * _RADIUS_KM * math.asin(math.sqrt(math.sin(high) ** 2 + along * math.sin(wide) ** 2))


def sides(box: str) -> tuple[float, float, float, float]:
    """Return south, west, north, east."""
    west, south, east, north = map(float, _NUMBER.findall(box))
    return south, west, north, east


@given(latitudes, longitudes, kilometres, shares, shares)
def test_what_is_well_inside_is_never_too_far(
    latitude: float, longitude: float, km: float, up: float, across: float
) -> None:
    south, west, north, east = sides(is_well_inside("place", around=(latitude, longitude), km=km).values["inner_0"])
    somewhere = (south + up * (north - south), west + across * (east - west))
    assert km_between((latitude, longitude), somewhere) <= km


@given(st.floats(35, 48), st.floats(13, 30), st.floats(1, 100))
def test_it_is_most_of_what_the_circle_holds(latitude: float, longitude: float, km: float) -> None:
    inner = sides(is_well_inside("place", around=(latitude, longitude), km=km).values["inner_0"])
    outer = sides(is_in_box("place", around=(latitude, longitude), km=km).values["box_0"])
    assert (inner[2] - inner[0]) > 0.6 * (outer[2] - outer[0])
    assert (inner[3] - inner[1]) > 0.6 * (outer[3] - outer[1])

"""Boxes stand for circles only as far as they may: the inner one holds nothing that lies outside the circle."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.adapters.geography import cell, cells_around, is_in_box, is_well_inside, kilometres

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
latitudes, longitudes = st.floats(-85, 85), st.floats(-170, 170)
distances = st.floats(0.1, 1000)
shares = st.floats(0, 1)


def sides(box: str) -> tuple[float, float, float, float]:
    """Return south, west, north, east."""
    west, south, east, north = map(float, _NUMBER.findall(box))
    return south, west, north, east


@given(latitudes, longitudes, distances, shares, shares)
def test_what_is_well_inside_is_never_too_far(
    latitude: float, longitude: float, km: float, up: float, across: float
) -> None:
    south, west, north, east = sides(is_well_inside("place", around=(latitude, longitude), km=km).values["inner_box"])
    somewhere = (south + up * (north - south), west + across * (east - west))
    assert kilometres((latitude, longitude), somewhere) <= km


@given(st.floats(35, 48), st.floats(13, 30), st.floats(1, 100))
def test_it_is_most_of_what_the_circle_holds(latitude: float, longitude: float, km: float) -> None:
    inner = sides(is_well_inside("place", around=(latitude, longitude), km=km).values["inner_box"])
    outer = sides(is_in_box("place", around=(latitude, longitude), km=km).values["outer_box"])
    assert (inner[2] - inner[0]) > 0.6 * (outer[2] - outer[0])
    assert (inner[3] - inner[1]) > 0.6 * (outer[3] - outer[1])


@given(st.floats(-70, 70), st.floats(-170, 170), st.floats(0.1, 90), st.floats(0, 2 * math.pi), shares)
def test_whatever_the_circle_holds_lies_in_one_of_its_cells(
    latitude: float, longitude: float, km: float, direction: float, share: float
) -> None:
    cells = cells_around((latitude, longitude), km, most=10_000)
    north = share * km * math.cos(direction) / 111.195
    east = share * km * math.sin(direction) / 111.195 / math.cos(math.radians(latitude + north))
    somewhere = (latitude + north, longitude + east)
    if kilometres((latitude, longitude), somewhere) <= km:
        assert cells is not None
        assert cell(*somewhere) in cells


def test_cells_at_the_corners_that_the_circle_does_not_touch_are_left_out() -> None:
    cells = cells_around((42.6727, 21.1669), 25, most=10_000)
    assert cells is not None
    assert cell(42.6727, 21.1669) in cells
    assert cell(42.6727 + 0.22, 21.1669 + 0.30) not in cells
    assert len(set(cells)) == len(cells) == 24


@pytest.mark.parametrize(("latitude", "longitude"), [(42.0, 179.9), (42.0, -179.9), (89.9, 20.0), (-89.9, 20.0)])
def test_where_the_world_ends_no_cells_are_told(latitude: float, longitude: float) -> None:
    assert cells_around((latitude, longitude), 50, most=10_000) is None

"""Keys of what together with where: what serves an area or lies within reach has one of those that are asked for."""

from __future__ import annotations

import math
import random

import pytest

from services.directory.adapters.geography import kilometres
from services.directory.adapters.match_keys import keys_asked, match_keys

NEAR_KM, WIDE_KM = 60.0, 200.0
TIRANE = (41.3275, 19.8187)


def found(keys: list[int], asked: list[int] | None) -> bool:
    assert asked is not None
    return not set(keys).isdisjoint(asked)


def asked_at(centre: tuple[float, float], *areas: str, term: str = "shelter") -> list[int] | None:
    return keys_asked([term], areas, centre, near_km=NEAR_KM, wide_km=WIDE_KM)


def at_distance(centre: tuple[float, float], km: float, bearing: float) -> tuple[float, float]:
    """Return the point so far off in this direction (great-circle destination)."""
    along, (north, east) = km / 6371.0, map(math.radians, centre)
    latitude = math.asin(math.sin(north) * math.cos(along) + math.cos(north) * math.sin(along) * math.cos(bearing))
    longitude = east + math.atan2(
        math.sin(bearing) * math.sin(along) * math.cos(north), math.cos(along) - math.sin(north) * math.sin(latitude)
    )
    return math.degrees(latitude), math.degrees(longitude)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_lies_within_reach_is_found(seed: int) -> None:
    rng = random.Random(seed)
    centre = (rng.uniform(38, 49), rng.uniform(13, 30))
    asked = asked_at(centre)
    for _ in range(200):
        near = at_distance(centre, rng.uniform(0, NEAR_KM), rng.uniform(0, 2 * math.pi))
        wide = at_distance(centre, rng.uniform(0, WIDE_KM), rng.uniform(0, 2 * math.pi))
        assert kilometres(centre, near) <= NEAR_KM + 0.001
        assert found(match_keys(["shelter", "care"], ["XK"], [near], names_no_area=False), asked)
        assert found(match_keys(["shelter"], [], [wide], names_no_area=True), asked)


def test_what_names_an_area_is_not_looked_for_from_far_off() -> None:
    far = [at_distance(TIRANE, 190, 0.0)]
    assert not found(match_keys(["shelter"], ["XK"], far, names_no_area=False), asked_at(TIRANE, "AL"))
    assert found(match_keys(["shelter"], ["XK"], far, names_no_area=True), asked_at(TIRANE, "AL"))


def test_an_area_is_found_wherever_the_place_is_and_without_any() -> None:
    asked = asked_at(TIRANE, "AL", "AL-tirane")
    assert found(match_keys(["shelter"], ["AL"], [], names_no_area=False), asked)
    assert found(match_keys(["shelter"], ["AL-tirane"], [(60.0, 25.0)], names_no_area=False), asked)
    assert not found(match_keys(["shelter"], ["AL-durres"], [], names_no_area=False), asked)


def test_another_kind_of_help_at_the_same_place_is_not_found() -> None:
    assert not found(match_keys(["hotline"], ["AL"], [TIRANE], names_no_area=True), asked_at(TIRANE, "AL"))


def test_a_circle_around_half_the_world_has_no_keys() -> None:
    assert keys_asked(["shelter"], ["AL"], TIRANE, near_km=6_000, wide_km=6_000) is None


def test_keys_are_postgresql_integers_and_stay_the_same() -> None:
    keys = match_keys(["shelter"], ["AL", "XK"], [TIRANE, (42.0, 21.0)], names_no_area=True)
    assert keys == sorted(set(keys))
    assert all(-(2**31) <= key < 2**31 for key in keys)
    # Stored ones must be found by what is asked tomorrow.
    assert match_keys(["shelter"], ["AL"], [], names_no_area=False) == [1063136980]

"""The places of the reference data are complete where they claim to be, and lie where they say."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from services.directory.reference_data import build

FILE = Path(build.__file__).with_name("municipalities.csv")
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
BY_CODE = {row["code"]: row for row in ROWS}
# south, north, west, east
BOUNDS = {
    "AL": (39.6, 42.7, 19.2, 21.1),
    "BA": (42.5, 45.3, 15.7, 19.7),
    "BG": (41.2, 44.3, 22.3, 28.7),
    "ME": (41.8, 43.6, 18.4, 20.4),
    "RO": (43.6, 48.3, 20.2, 29.8),
    "RS": (42.2, 46.2, 18.8, 23.1),
    "XK": (41.8, 43.3, 20.0, 21.8),
}
CYRILLIC_TAGS = {"bg", "sr-Cyrl", "cnr-Cyrl", "mk"}
REQUIRED_TAGS = {
    "AL": {"sq"},
    "BA": {"bs", "sr-Cyrl"},
    "BG": {"bg", "bg-Latn", "en"},
    "ME": {"cnr", "cnr-Cyrl"},
    "RO": {"ro"},
    "RS": {"sr-Cyrl", "sr-Latn"},
    "XK": {"sq", "sr-Cyrl", "sr-Latn"},
}


def test_no_two_places_share_a_code() -> None:
    assert [code for code, count in Counter(row["code"] for row in ROWS).items() if count > 1] == []


def test_every_unit_above_exists_in_the_same_country() -> None:
    for row in ROWS:
        if row["parent_code"]:
            assert BY_CODE[row["parent_code"]]["country"] == row["country"], row["code"]


@pytest.mark.parametrize(
    ("country", "level", "count"),
    [
        ("AL", "county", 12),
        ("AL", "municipality", 61),
        ("XK", "district", 7),
        ("XK", "municipality", 38),
        ("ME", "municipality", 25),
        ("BA", "entity", 2),
        ("BA", "canton", 10),
        ("BA", "district", 1),
        ("BA", "municipality", 79 + 64 + 1),  # the 64 of Republika Srpska count its city of six municipalities
        ("BG", "oblast", 28),
        ("RO", "county", 41),
        ("RS", "district", 24),
        ("RS", "region", 1),
        ("RS", "municipality", 144 + 1 + 17),  # Belgrade, and the municipalities inside it
    ],
)
def test_complete_levels_hold_their_known_number(country: str, level: str, count: int) -> None:
    assert sum(row["country"] == country and row["level"] == level for row in ROWS) == count


def test_every_place_of_albania_and_kosovo_lies_in_a_unit_above() -> None:
    assert all(row["parent_code"] for row in ROWS if row["country"] in ("AL", "XK") and row["level"] == "municipality")


def test_coordinates_lie_inside_the_country() -> None:
    for row in ROWS:
        south, north, west, east = BOUNDS[row["country"]]
        assert south <= float(row["latitude"]) <= north, row["code"]
        assert west <= float(row["longitude"]) <= east, row["code"]


def test_names_stand_in_the_script_of_their_language() -> None:
    for row in ROWS:
        names = json.loads(row["names_json"])
        assert names.keys() >= REQUIRED_TAGS[row["country"]], row["code"]
        for tag, name in names.items():
            expected = "CYRILLIC" if tag in CYRILLIC_TAGS else "LATIN"
            letters = [letter for letter in name if letter.isalpha()]
            assert letters, (row["code"], tag)
            assert all(unicodedata.name(letter).startswith(expected) for letter in letters), (tag, name)


@pytest.mark.parametrize("code", ["AL-tirane", "XK-prishtine", "ME-podgorica", "RS-sabac", "BG-sofia", "RO-bucuresti"])
def test_codes_that_others_rely_on_stay(code: str) -> None:
    assert code in BY_CODE


def test_romanian_names_carry_comma_below_not_cedilla() -> None:
    assert not any(letter in row["name_official"] for row in ROWS for letter in "şţŞŢ")


def test_file_is_what_the_curated_lists_give() -> None:
    gazetteer = build.Gazetteer()
    assert [row for country in build.COUNTRIES for row in build.rows(country, gazetteer)] == ROWS

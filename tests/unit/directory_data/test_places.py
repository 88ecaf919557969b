"""The places of the reference data are complete where they claim to be, and lie where they say."""

from __future__ import annotations

import csv
import json
import unicodedata
from pathlib import Path

import pytest

from services.directory.adapters.reference_loader import published_units, units_in_file
from services.directory.domain.reference_check import faults_of
from services.directory.reference_data import build

FILE = Path(build.__file__).with_name("municipalities.csv")
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
BY_CODE = {row["code"]: row for row in ROWS}
CYRILLIC_TAGS = frozenset({"bg", "sr-Cyrl", "cnr-Cyrl", "mk", "rsk"})
OFFICIAL = {code: json.loads(row["official_codes_json"]) for code, row in BY_CODE.items()}


def test_the_file_holds_what_every_country_publishes() -> None:
    assert faults_of(units_in_file(), published_units()) == []


def test_every_place_of_albania_and_kosovo_lies_in_a_unit_above() -> None:
    assert all(row["parent_code"] for row in ROWS if row["country"] in ("AL", "XK") and row["level"] == "municipality")


def test_every_place_below_a_first_level_lies_in_one() -> None:
    alone = {row["country"] for row in ROWS if row["level"] == "commune" and not row["parent_code"]}
    assert alone == set()
    assert all(row["parent_code"] for row in ROWS if row["country"] in ("BG", "MK") and row["level"] == "municipality")


def test_romanian_and_bulgarian_units_carry_the_code_of_their_register() -> None:
    for row in ROWS:
        official = json.loads(row["official_codes_json"])
        if row["country"] == "RO":
            assert {"iso-3166-2"} <= official.keys() if row["level"] == "county" else official["siruta"].isdigit()
        if row["country"] == "BG" and row["level"] == "municipality":
            above = json.loads(BY_CODE[row["parent_code"]]["official_codes_json"])["ekatte"]
            assert official["ekatte"][:3] == above, row["code"]
            assert len(official["ekatte"]) == 5


def test_a_number_of_the_registers_of_serbia_and_bosnia_ends_in_its_check_digit() -> None:
    numbers = [codes[register] for codes in OFFICIAL.values() for register in ("bhas", "rzs") if register in codes]
    places = [number for number in numbers if len(number) == 5]
    assert len(places) == 161 + 142
    for number in places:
        rest = sum(int(figure) * weight for figure, weight in zip(number[:4], (5, 4, 3, 2), strict=True)) % 11
        assert number[-1] == {1: "0"}.get(rest, str(11 - rest)), number
    assert sorted(number for number in numbers if len(number) != 5) == [f"{number:02}" for number in range(1, 11)]


@pytest.mark.parametrize(("entity", "figure"), [("BA-entity-federacija", "1"), ("BA-entity-republika-srpska", "2")])
def test_the_number_of_a_municipality_of_bosnia_and_herzegovina_begins_with_its_entity(
    entity: str, figure: str
) -> None:
    def entity_of(code: str) -> str:
        parent = BY_CODE[code]["parent_code"]
        return entity_of(parent) if parent else code

    within = [code for code, row in BY_CODE.items() if row["country"] == "BA" and row["level"] == "municipality"]
    numbers = {OFFICIAL[code].get("bhas", figure)[0] for code in within if entity_of(code) == entity}
    assert numbers == {figure}


def test_the_codes_of_the_municipalities_of_an_albanian_county_begin_alike_and_run_on() -> None:
    counties: dict[str, list[str]] = {}
    for code, row in BY_CODE.items():
        if row["country"] == "AL" and row["level"] == "municipality":
            counties.setdefault(row["parent_code"], []).append(OFFICIAL[code]["lau"])
    beginnings = {codes[0][:4] for codes in counties.values()}
    assert len(beginnings) == len(counties) == 12
    for codes in counties.values():
        assert sorted(codes) == [f"{codes[0][:4]}{number}" for number in range(1, len(codes) + 1)]


def test_numbers_keep_their_leading_zeros() -> None:
    assert OFFICIAL["XK-decan"] == {"ask": "01"}
    assert OFFICIAL["BA-canton-unsko-sanski"] == {"bhas": "01"}


def test_a_city_of_several_municipalities_carries_the_number_of_the_city() -> None:
    cities = {"RS-novi-sad": "89010", "RS-nis": "79022", "RS-pozarevac": "79049", "RS-vranje": "79057"}
    assert {code: OFFICIAL[code]["rzs"] for code in cities} == cities
    assert OFFICIAL["RS-palilula-beograd"] == {"rzs": "70203"}


def test_a_municipality_is_named_in_the_languages_of_its_people() -> None:
    names = {code: json.loads(row["names_json"]) for code, row in BY_CODE.items()}
    assert names["RS-becej"]["hu"] == "Óbecse"
    assert names["RS-vrsac"]["ro"] == "Vârșeț"
    assert names["RS-backi-petrovac"]["sk"] == "Báčsky Petrovec"
    assert names["RS-vrbas"]["rsk"] == "Вербас"
    assert names["XK-mamushe"]["tr"] == "Mamuşa"


def test_names_stand_in_the_script_of_their_language() -> None:
    for row in ROWS:
        names = json.loads(row["names_json"])
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

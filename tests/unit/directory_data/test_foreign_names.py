"""What places are called abroad leads to them, and to nothing else that somebody may have meant."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from services.directory.adapters.reference_loader import foreign_names, published_units, units_in_file
from services.directory.domain.place_levels import is_lived_in, rank_of
from services.directory.domain.reference_check import faults_of
from services.directory.domain.spelling import plain, plain_words
from services.directory.domain.stop_words import STOP_WORDS
from services.directory.reference_data import build

FOLDER = Path(build.__file__).parent
NAMES = foreign_names()
ROWS = {row["code"]: row for row in csv.DictReader((FOLDER / "municipalities.csv").open(encoding="utf-8", newline=""))}
OWN = {
    code: {plain(name) for name in (row["name_official"], *json.loads(row["names_json"]).values())}
    for code, row in ROWS.items()
}
EVERY = [(code, language, name) for code, told in NAMES.items() for language, names in told.items() for name in names]
LANGUAGES = {"bg", "bs", "cnr", "de", "en", "hu", "mk", "ro", "sq", "sr-Latn", "tr"}


def test_each_name_is_of_a_known_place_and_says_its_language() -> None:
    assert NAMES.keys() <= ROWS.keys()
    assert {language for _, language, _ in EVERY} <= LANGUAGES


def test_no_name_repeats_one_of_the_countrys_own() -> None:
    assert [(code, name) for code, _, name in EVERY if plain(name) in OWN[code]] == []


def test_a_name_that_another_place_bears_as_its_own_is_of_the_larger_one() -> None:
    bearers = defaultdict(list)
    for code, names in OWN.items():
        for name in names:
            bearers[name].append(code)
    people = {code: int(row["population"]) for code, row in ROWS.items()}
    assert [
        (code, name, other)
        for code, _, name in EVERY
        for other in bearers[plain(name)]
        if people[other] >= people[code] and is_lived_in(rank_of(ROWS[other]["level"], ROWS[other]["country"]))
    ] == []


def test_no_name_of_one_word_is_a_word_that_people_type_for_something_else() -> None:
    terms = yaml.safe_load((FOLDER / "taxonomy.yaml").read_text(encoding="utf-8"))["terms"]
    typed = [
        phrase
        for term in terms
        for phrases in (term["names"].values(), *(term["synonyms"] or {}).values())
        for phrase in phrases
    ]
    known = {*plain_words(" ".join(typed)), *STOP_WORDS}
    assert [(code, name) for code, _, name in EVERY if known.intersection(plain_words(name)) and " " not in name] == []


def test_they_are_no_official_names() -> None:
    units = units_in_file()
    shown = {unit.code: set(unit.names.values()) for unit in units}
    assert [(code, name) for code, _, name in EVERY if name in shown[code]] == []
    assert faults_of(units, published_units()) == []


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("AL-durres", "cnr", "Drač"), ("RS-beograd", "sq", "Beligrad"), ("RO-timisoara", "hu", "Temesvár")],
)
def test_languages_that_agree_stand_together_and_are_told_apart(code: str, language: str, name: str) -> None:
    assert name in NAMES[code][language]

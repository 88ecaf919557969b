"""The ages that a service takes are said as people say them, a missing bound never as a number or a sign."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from services.portal.languages import LANGUAGES
from services.portal.presenters import ages
from tests.support.portal import FakeApis, a_portal


@pytest.fixture(scope="module")
def app() -> Flask:
    return a_portal(FakeApis())


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({}, "every age"),
        ({"minimum_age": None, "maximum_age": None}, "every age"),
        ({"minimum_age": 0}, "every age"),
        ({"minimum_age": 6}, "from 6 years"),
        ({"minimum_age": 5.5}, "from 5.5 years"),
        ({"maximum_age": 17}, "up to 17 years"),
        ({"minimum_age": 0, "maximum_age": 3.0}, "up to 3 years"),
        ({"minimum_age": 6, "maximum_age": 17}, "6 to 17 years"),
    ],
)
def test_ages_are_said_by_the_bounds_that_there_are(app: Flask, bounds: dict[str, Any], said: str) -> None:
    with app.test_request_context("/"):
        assert ages(bounds) == said


BOUNDS = (
    {"minimum_age": 1}, {"minimum_age": 3}, {"minimum_age": 21}, {"minimum_age": 5.5},
    {"maximum_age": 0}, {"maximum_age": 3}, {"maximum_age": 12},
    {"minimum_age": 1, "maximum_age": 21}, {"minimum_age": 3, "maximum_age": 17},
)  # fmt: skip
SAID = {
    "en": (
        "from 1 year", "from 3 years", "from 21 years", "from 5.5 years", "up to 0 years", "up to 3 years",
        "up to 12 years", "1 to 21 years", "3 to 17 years",
    ),
    "sq": (
        "nga 1 vjeç", "nga 3 vjeç", "nga 21 vjeç", "nga 5,5 vjeç", "deri në 0 vjeç", "deri në 3 vjeç",
        "deri në 12 vjeç", "1 deri në 21 vjeç", "3 deri në 17 vjeç",
    ),
    "bs": (
        "od 1 godine", "od 3 godine", "od 21 godine", "od 5,5 godina", "do 0 godina", "do 3 godine", "do 12 godina",
        "1 do 21 godine", "3 do 17 godina",
    ),
    "bg": (
        "от 1 година", "от 3 години", "от 21 години", "от 5,5 години", "до 0 години", "до 3 години", "до 12 години",
        "1 до 21 години", "3 до 17 години",
    ),
    "ro": (
        "de la 1 an", "de la 3 ani", "de la 21 de ani", "de la 5,5 ani", "până la 0 ani", "până la 3 ani",
        "până la 12 ani", "1 până la 21 de ani", "3 până la 17 ani",
    ),
    "sr-Cyrl": (
        "од 1 године", "од 3 године", "од 21 године", "од 5,5 година", "до 0 година", "до 3 године", "до 12 година",
        "1 до 21 године", "3 до 17 година",
    ),
}  # fmt: skip
SAID["sr-Latn"] = SAID["cnr"] = SAID["bs"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_behind_an_age_goes_with_its_number(app: Flask, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert tuple(map(ages, BOUNDS)) == SAID[language]

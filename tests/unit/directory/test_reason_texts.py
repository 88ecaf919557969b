"""Reasons are told in every language of the pages, with names, and count as each language counts."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.clock import to_rfc3339
from services.directory.adapters.wording import FOLDER, wording_for, wordings
from services.directory.domain.matching import Reason
from services.directory.domain.reason_texts import Telling

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
LANGUAGES = {"en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr"}
SPECIFICATION = Path(__file__).parents[3] / "openapi" / "directory.yaml"
NAMES = {"AL-tirane": "Tiranë", "psychosocial-support": "Psychosocial support"}


def told(code: str, *, reader: str = "en", is_missing: bool = False, **params: Any) -> str:
    telling = Telling(wording=wording_for([reader]), name_of=NAMES.__getitem__, now=NOW)
    return telling.text_of(Reason(code=code, params=params), is_missing=is_missing)


def said(hours: float, *, counted: bool = False) -> dict[str, str]:
    reported = to_rfc3339(NOW - timedelta(hours=hours))
    return {"reported_at": reported, "updated_at": to_rfc3339(NOW) if counted else reported}


PLACES = {"available": 4, "maximum": 10, "unit": "places"}
DOOR = {"at": "2026-01-15T16:00:00Z", "date": "2026-01-15", "time": "17:00", "days": 0}
SAMPLES: dict[str, dict[str, Any]] = {
    "need": {"term": "psychosocial-support"},
    "age": {"minimum_age": 6, "maximum_age": 17},
    "sex": {"sex": "female"},
    "language": {"language": ["rom"]},
    "accessibility": {"accessibility": ["braille"]},
    "serves": {"municipality": "AL-tirane"},
    "distance": {"distance_km": 12.0},
    "distance_unknown": {},
    "abroad": {"country": "XK"},
    "place_free": PLACES | said(2),
    "capacity_stale": PLACES | said(24 * 30),
    "capacity_unknown": {},
    "full": said(2),
    "no_agency": {},
    "not_accepting": {},
    "always_open": {},
    "open": DOOR,
    "opens": DOOR,
    "closed": DOOR,
    "hours_unknown": {},
    "verified": {"days": 20},
    "not_confirmed": {"days": 20},
}


def test_every_reason_of_the_api_is_told_in_every_language() -> None:
    schemas = yaml.safe_load(SPECIFICATION.read_text(encoding="utf-8"))["components"]["schemas"]
    assert set(SAMPLES) == set(schemas["Reason"]["properties"]["code"]["enum"])
    assert set(wordings()) == LANGUAGES
    for language in LANGUAGES:
        for is_missing in (False, True):
            texts = [told(code, reader=language, is_missing=is_missing, **params) for code, params in SAMPLES.items()]
            assert all(texts)
            for text in texts:
                assert "{" not in text
                assert not any(code in text for code in ("AL-tirane", "psychosocial-support", "rom,"))


def test_the_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    def blanks(sentence: Any) -> set[str]:
        forms = sentence.values() if isinstance(sentence, dict) else [sentence]
        found = {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}
        return {"number" if name == "days" else name for name in found}

    catalogues = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yaml")}
    english = catalogues["en"]
    for words in catalogues.values():
        for part in english.keys() - {"decimal"}:
            assert words[part].keys() == english[part].keys()
        for code, sentence in english["reasons"].items():
            assert blanks(words["reasons"][code]) == blanks(sentence), (words["decimal"], code)


@pytest.mark.parametrize(
    ("code", "params", "text"),
    [
        ("serves", SAMPLES["serves"], "Serves Tiranë"),
        ("language", {"language": ["rom", "sq"]}, "Speaks Romani, Albanian"),
        ("distance", {"distance_km": 12.3}, "12.3 km away"),
        ("place_free", PLACES | said(2), "4 of 10 places free as of 2 h ago"),
        (
            "place_free",
            PLACES | said(72, counted=True),
            "4 of 10 places free by a report of 3 days ago, counted on since",
        ),
        (
            "capacity_stale",
            {**PLACES, "maximum": None} | said(24 * 30),
            "4 places free as of 30 days ago: too old to rely on, ask first",
        ),
        ("open", DOOR, "Open until 17:00"),
        ("opens", {**DOOR, "date": "2026-01-16", "days": 1}, "Opens tomorrow 17:00"),
        ("opens", {**DOOR, "date": "2026-01-19", "days": 4}, "Opens Monday 17:00"),
        ("closed", {**DOOR, "date": "2026-01-29", "days": 14}, "Opens 2026-01-29 17:00"),
        ("closed", {"at": None, "date": None, "time": None, "days": None}, "Is closed"),
        ("verified", {"days": 20}, "Verified 20 days ago"),
        ("verified", {"days": 1}, "Verified yesterday"),
    ],
)
def test_reasons_read_plainly(code: str, params: dict[str, Any], text: str) -> None:
    assert told(code, **params) == text


@pytest.mark.parametrize(
    ("language", "days", "text"),
    [
        ("ro", 19, "Confirmat acum 19 zile"),
        ("ro", 20, "Confirmat acum 20 de zile"),
        ("sr-Cyrl", 21, "Потврђено пре 21 дан"),
        ("sr-Latn", 11, "Potvrđeno pre 11 dana"),
        ("cnr", 22, "Potvrđeno prije 22 dana"),
        ("bg", 21, "Потвърдено преди 21 дни"),
        ("mk", 2, "Потврђено пре 2 дана"),
        ("xx", 2, "Verified 2 days ago"),
    ],
)
def test_days_are_counted_as_the_language_counts(language: str, days: int, text: str) -> None:
    assert told("verified", reader=language, days=days) == text


@pytest.mark.parametrize(
    ("language", "low", "high", "text"),
    [
        ("en", 1, 21, "Takes ages 1 to 21"),
        ("sq", 1, None, "Pranon nga 1 vjeç e lart"),
        ("ro", 1, None, "Primește de la 1 an în sus"),
        ("ro", 3, 17, "Primește de la 3 la 17 ani"),
        ("ro", 1, 21, "Primește de la 1 la 21 de ani"),
        ("sr-Cyrl", 1, None, "Прима од 1 године навише"),
        ("sr-Latn", None, 3, "Prima od 0 do 3 godine"),
        ("bs", 1, 21, "Prima od 1 do 21 godine"),
        ("cnr", 11, None, "Prima od 11 godina naviše"),
        ("bg", 1, None, "Приема от 1 година нагоре"),
        ("bg", 1, 21, "Приема от 1 до 21 години"),
    ],
)
def test_the_word_behind_an_age_goes_with_its_number(
    language: str, low: int | None, high: int | None, text: str
) -> None:
    assert told("age", reader=language, minimum_age=low, maximum_age=high) == text


def test_what_is_missing_says_the_opposite() -> None:
    assert told("serves", is_missing=True, **SAMPLES["serves"]) == "Does not serve Tiranë"
    assert told("distance", reader="ro", is_missing=True, distance_km=12.5) == "Prea departe: 12,5 km"

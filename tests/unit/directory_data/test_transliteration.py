"""Names move between scripts as their languages' rules say."""

from __future__ import annotations

import pytest

from services.directory.reference_data.transliteration import (
    bulgarian_latin,
    serbian_cyrillic,
    serbian_latin,
    slug,
)


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Šabac", "Шабац"),
        ("Ljig", "Љиг"),
        ("Knjaževac", "Књажевац"),
        ("Medveđa", "Медвеђа"),
        ("Đakovica", "Ђаковица"),
        ("Čajetina", "Чајетина"),
    ],
)
def test_serbian_goes_both_ways(latin: str, cyrillic: str) -> None:
    assert serbian_cyrillic(latin) == cyrillic
    assert serbian_latin(cyrillic) == latin


@pytest.mark.parametrize(
    ("bulgarian", "latin"),
    [("Велико Търново", "Veliko Tarnovo"), ("София", "Sofia"), ("Търговище", "Targovishte"), ("Бяла", "Byala")],
)
def test_bulgarian_follows_the_official_transliteration(bulgarian: str, latin: str) -> None:
    assert bulgarian_latin(bulgarian) == latin


@pytest.mark.parametrize(
    ("name", "code"), [("Vau i Dejës", "vau-i-dejes"), ("Inđija", "indjija"), ("Târgu Mureș", "targu-mures")]
)
def test_slugs_are_plain_letters(name: str, code: str) -> None:
    assert slug(name) == code

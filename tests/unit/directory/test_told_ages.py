"""An age is told by a number and a word for years or age; a number alone, or such a word alone, tells none."""

from __future__ import annotations

import pytest

from services.directory.domain.spelling import spellings
from services.directory.domain.told_ages import length_of_age


@pytest.mark.parametrize(
    "typed",
    [
        "15 ani", "cu vârsta de 15 ani", "între 12 și 15 ani", "14 vjeç", "14-vjeçare", "e moshës 14 vjeç", "14 god.",
        "od 14 godina", "u dobi od 14 godina", "14-godišnja", "14 godina stara", "на 14 години", "14-годишно", "14 г.",
        "14g", "12–15 g", "15 years old", "15-year-old", "15 years of age", "aged 14", "under 14", "6 mjeseci",
    ],
)  # fmt: skip
def test_an_age_is_told_with_all_that_belongs_to_it(typed: str) -> None:
    words = spellings(f"psiholog {typed} Zagora")
    assert length_of_age(words[:-1], 1) == len(words) - 2
    assert length_of_age(words, 0) == 0


@pytest.mark.parametrize(
    "typed", ["14", "ani", "godina", "24/7", "116 111", "sector 3", "old", "stara", "od", "1400 god"]
)
def test_a_number_or_a_word_alone_tells_none(typed: str) -> None:
    assert length_of_age(spellings(typed), 0) == 0


def test_a_town_that_begins_like_an_age_is_left_to_be_found() -> None:
    assert length_of_age(spellings("14 godini Stara Zagora"), 0) == 2
    assert length_of_age(spellings("Stara Zagora 14 godini"), 0) == 0
    assert length_of_age([], 0) == 0

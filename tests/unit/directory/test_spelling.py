"""Spellings: what counts as the same word, and as one typing error."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.domain.spelling import is_one_error_away, plain, spellings, trigrams

WORDS = st.text(alphabet=string.ascii_lowercase, min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Шабац", "Šabac"),
        ("Tiranë", "TIRANE"),
        ("Ђорђе", "Đorđe"),
        ("Ђорђе", "Djordje"),
        ("Љубљана", "Ljubljana"),
        ("Џемал", "Džemal"),
        ("Шумен", "Shumen"),
        ("София", "Sofia"),
        ("Пловдив", "Plovdiv"),
        ("Дрјаново", "Drjanovo"),
        ("Дряново", "Dryanovo"),
        ("Ќе", "Kje"),
        ("Iași", "iasi"),
        ("Gjakovë", "gjakove"),
        # No single character holds these letters of Montenegrin Cyrillic.
        ("с\u0301утра", "śutra"),
        ("з\u0301еница", "Źenica"),
        ("İSTOK", "istok"),
        ("пре\u0301дсе\u0301дник", "predsednik"),
        # Letters of their own, written in one character or in two.
        ("и\u0306од", "йод"),
        ("г\u0301авол", "ѓавол"),
        ("к\u0301уп", "ќуп"),
    ],
)
def test_two_ways_of_writing_share_a_spelling(one: str, other: str) -> None:
    assert set(spellings(one)[0]) & set(spellings(other)[0])


def test_an_accent_splits_no_word_and_is_no_letter() -> None:
    assert [word[0] for word in spellings("с\u0301утра İSTOK а\u0301\u0308б")] == ["sutra", "istok", "ab"]
    assert spellings("и\u0306") == spellings("й") != spellings("и")
    assert spellings("\u0301 \u0301") == []


def test_different_words_share_none() -> None:
    assert not set(spellings("Šabac")[0]) & set(spellings("Šamac")[0])


@given(st.text(max_size=60))
def test_spellings_are_plain_words_and_folding_twice_changes_nothing(text: str) -> None:
    for found in spellings(text):
        assert all(spelling.isalnum() for spelling in found)
    assert plain(plain(text)) == plain(text)


@given(WORDS, st.data())
def test_one_change_is_one_error(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    changed = [
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
    ]
    if place + 1 < len(word):
        changed.append(word[:place] + word[place + 1] + word[place] + word[place + 2 :])
    assert all(is_one_error_away(typed, word) for typed in changed)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("abcd", "badc"), ("tirana", "toruna"), ("home", "hostel"), ("abc", "abcde"), ("shelter", "sheep")],
)
def test_two_changes_are_not(typed: str, word: str) -> None:
    assert not is_one_error_away(typed, word)


def test_trigrams_mark_the_edges_of_a_word() -> None:
    assert trigrams("abc") == ["  a", " ab", "abc", "bc "]

"""Finds the ages that are told in a search, in all languages of the directory: 15 ani, od 14 godina, 14-vjeçare."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.directory.domain.lexicon import Word
from services.directory.domain.stop_words import JOINING, YEARS

# Behind a number they count years or months; by themselves they may mean something else.
_MORE_BEHIND_NUMBERS = "g y yo month months muaj muajsh muajshe mesec meseca meseci mjesec mjeseca mjeseci luna luni"
_BEFORE_NUMBERS = (
    "aged mosha moshe moshes moshen star stara staro stari stare dob vazrast varsta under over between sub peste intre"
    " nad izmedu izmedju mezdu mbi"
)
_AROUND_NUMBERS = "age ages old uzrast uzrasta uzrastu vozrast vozrasta dobi starosti"
_NUMBER = re.compile(r"\d{1,2}([a-z]*)")
# What a word is, by a letter each; a number may have its years with it: 14g.
_NUMBER_WITH_YEARS, _ANYTHING_ELSE = "w", "-"
_KINDS = {
    "y": YEARS.union(_MORE_BEHIND_NUMBERS.split()),
    "b": frozenset(_BEFORE_NUMBERS.split()),
    "a": frozenset(_AROUND_NUMBERS.split()),
    "j": JOINING,
}
# Stara may begin the town that follows.
_TOLD = re.compile(r"[abj]*(nj?)?(ny|w)(j?a)*(b$)?|j*[ab][abj]*(nj?)?n(j?a)*")


def length_of_age(words: Sequence[Word], position: int) -> int:
    """Return how many words from here on tell an age, with what leads to it and ends it: in varsta de 15 ani.

    A number alone tells none: it needs a word for years or months behind it, or one for age before it.
    """
    told = _TOLD.match("".join(map(_kind_of, words)), position)
    return told.end() - position if told else 0


def _kind_of(word: Word) -> str:
    number = _NUMBER.fullmatch(word[0])
    if number:
        return "n" if not number[1] else _NUMBER_WITH_YEARS if number[1] in _KINDS["y"] else _ANYTHING_ELSE
    return next((kind for kind, some in _KINDS.items() if not some.isdisjoint(word)), _ANYTHING_ELSE)

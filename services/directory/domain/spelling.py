"""Makes words comparable across case, diacritics and script, and says when two differ by one typing error."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letter by letter as Serbian, Montenegrin and Bosnian write them in Latin, without diacritics.
_PLAIN = dict(
    zip(
        "абвгдђежзијклмнопрстћуфхцчшщъыэљњџѓќѕѐѝєґ",
        "a b v g d d e z z i j k l m n o p r s t c u f h c c s st a i e lj nj dz g k dz e i e g".split(),  # noqa: SIM905 - reads as an alphabet
        strict=True,
    )
) | {"й": "j", "ю": "ju", "я": "ja", "ь": "", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "ø": "o"}
# The same letters as Bulgarian romanisation, or a keyboard without diacritics, writes them.
_DIGRAPHS = {
    "ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "й": "y", "ю": "yu", "я": "ya", "ђ": "dj",
    "đ": "dj", "џ": "dzh", "ќ": "kj", "ѓ": "gj", "ћ": "c",
}  # fmt: skip
_FIRST_MARK = "\u0300"
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_CORRECTED = 4
# Up to so many letters, another letter in the place of one makes another word as often as it is an error.
_LONGEST_WITHOUT_WRONG_LETTER = 5
_SHORTEST_BEGINNING_CORRECTED = 7
_LONGEST_WORD = 60
_IN_DIGRAPHS = {**_PLAIN, **_DIGRAPHS}


def spellings(text: str) -> list[tuple[str, ...]]:
    """Return each word's spellings in plain Latin letters, the commonest first.

    Two texts mean the same word where they share a spelling: Шабац, Šabac and SABAC all have ``sabac``;
    Шумен has both ``sumen`` and ``shumen``.
    """
    if text.isascii():
        composed, marks = text.lower()[:20_000], set()
    else:
        composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())[:20_000]
        # What no single character holds together with its letter, such as the acute of Montenegrin с́, would part words.
        marks = {letter for letter in set(composed) if letter >= _FIRST_MARK and unicodedata.category(letter) == "Mn"}
    if marks:
        composed = "".join(letter for letter in composed if letter not in marks)
    return [found for word in _WORD.findall(composed) if (found := _spellings_of(word[:_LONGEST_WORD]))]


def plain_words(text: str) -> list[str]:
    """Return all spellings of all words, each once per word."""
    return [spelling for found in spellings(text) for spelling in found]


def plain(text: str) -> str:
    """Return the text in its commonest plain spelling; for comparing and ordering, never for showing."""
    return " ".join(found[0] for found in spellings(text))


@lru_cache(maxsize=20_000)
def _spellings_of(word: str) -> tuple[str, ...]:
    first = _write(word, _PLAIN)
    second = _write(word, _IN_DIGRAPHS)
    written = [first, second]
    if word.endswith("ия"):
        written += [_write(word[:-2], _PLAIN) + "ia", _write(word[:-2], _IN_DIGRAPHS) + "ia"]
    return tuple(dict.fromkeys(spelling for spelling in written if spelling))


def _write(word: str, letters: dict[str, str]) -> str:
    replaced = "".join(letters.get(letter, letter) for letter in word)
    decomposed = unicodedata.normalize("NFKD", replaced)
    return "".join(letter for letter in decomposed if letter.isalnum())


def trigrams(word: str) -> list[str]:
    """Return the word's three-letter pieces with its edges marked, each once."""
    padded = f"  {word} "
    return sorted({padded[start : start + 3] for start in range(len(padded) - 2)})


def may_be_corrected(word: str) -> bool:
    """Say whether a word is long enough that one wrong letter leaves it recognisable; numbers never are."""
    return len(word) >= _SHORTEST_CORRECTED and not word.isdigit()


def is_one_error_away(typed: str, word: str) -> bool:
    """Say whether ``typed`` is ``word``, or its beginning, but for one letter too many, too few, wrong or swapped.

    The beginning counts only from five letters on; shorter ones begin almost anything.
    """
    if _differ_by_one(typed, word):
        return True
    if len(typed) < 5 or len(word) <= len(typed):
        return False
    return any(_differ_by_one(typed, word[:length]) for length in (len(typed), len(typed) + 1, len(typed) - 1))


def may_mean(typed: str, word: str) -> bool:
    """Say whether ``typed`` is so near to ``word`` that it is likelier an error than a word of its own.

    Stricter than one error: errors seldom touch the first letter, and of the short words too many differ by one.
    """
    if typed[0] != word[0] and typed[:2] != word[1::-1]:
        return False
    if len(typed) <= _LONGEST_WITHOUT_WRONG_LETTER and len(typed) == len(word):
        return sorted(typed) == sorted(word) and _differ_by_one(typed, word)
    if len(typed) < _SHORTEST_BEGINNING_CORRECTED:
        return _differ_by_one(typed, word)
    return is_one_error_away(typed, word)


def _differ_by_one(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return swapped and one[start + 2 :] == other[start + 2 :]

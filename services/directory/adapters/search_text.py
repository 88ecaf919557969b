"""Writes what an entry is found by as PostgreSQL's search vector, and what is asked as its query.

A vector holds plain words and codes. Names of kinds of service and of places stay out of it: a query is understood
first and asks for their codes, so that a new synonym works at once, in all languages, and vectors stay short.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from services.directory.domain.lexicon import Word
from services.directory.domain.query import Wanted

# What PostgreSQL can tell apart; words beyond are found all the same.
_LAST_POSITION = 16_383
_MOST_WORDS = 5_000
_FEWEST_LETTERS_CONTINUED = 2
# PostgreSQL takes no entry of more than 2,046 bytes.
_LONGEST_NAME = 200
# Stands in for a cell; no word holds it.
_CELL = "\x1f"
# What _quoted makes of a word: in it, quotes and backslashes are doubled.
_LEXEME = re.compile(r"'((?:[^']|'')*)'")


def term_code(code: str) -> str:
    """Return the entry in the vector that stands for a kind of service."""
    return f"t.{code}"


def place_code(code: str) -> str:
    """Return the entry that stands for being in a place."""
    return f"p.{code}"


def area_code(code: str) -> str:
    """Return the entry that stands for serving an area."""
    return f"s.{code}"


def owner_code(name: str) -> str:
    """Return the entry that stands for belonging to an organization of this name, in plain words."""
    return f"o.{'-'.join(name.split())[:_LONGEST_NAME]}"


def vector(weighted: Mapping[str, Iterable[str]]) -> str:
    """Return the vector's text; ``weighted`` has words and codes by weight, A weighing most."""
    parts: list[str] = []
    for weight, words in weighted.items():
        start = len(parts)
        for number, word in enumerate(dict.fromkeys(words)):
            if number == _MOST_WORDS:
                break
            parts.append(f"{_quoted(word)}:{min(start + number + 1, _LAST_POSITION)}{weight}")
    return " ".join(parts)


def local_vector(weighted: Mapping[str, Iterable[str]], cell: str) -> str:
    """Return the text of a vector that has every entry behind the cell of a place, without weights.

    One index then answers what is asked for around a place; to bring two long lists together took far longer.
    """
    every = dict.fromkeys(word for words in weighted.values() for word in islice(dict.fromkeys(words), _MOST_WORDS))
    return " ".join(_quoted(cell + word) for word in every)


def in_cells(query: str, cells: Sequence[str]) -> str:
    """Return the queries, one for each cell, that find in local vectors what the given one finds in plain ones.

    Any of them may hold. One query for all cells would be tried as a whole on every entry that an index brings. They
    are given as the text of PostgreSQL's array, which takes a tenth of the time to hand over.
    """
    marked = _LEXEME.sub(rf"'{_CELL}\1'", query).replace("\\", "\\\\").replace('"', '\\"')
    return "{" + ",".join(f'"{marked.replace(_CELL, cell)}"' for cell in cells) + "}"


def count_lexemes(query: str) -> int:
    """Return how many words and codes a query asks for."""
    return sum(1 for _ in _LEXEME.finditer(query))


def query_for(
    wanted: Wanted,
    corrected: Mapping[Word, Sequence[str]],
    *,
    served: Iterable[str],
    around: Iterable[str],
    in_whole: Collection[Word] = (),
) -> str:
    """Return the query for one thing that is asked for: its words, all of them, or a code that means the same.

    ``corrected`` has further words by the one typed; ``served`` are the areas of which an entry may serve one, and
    ``around`` those of which it may lie in one. No longer word stands for one that is asked ``in_whole``.
    """
    words = " & ".join(_any([*word, *corrected.get(word, ())], may_go_on=word not in in_whole) for word in wanted.words)
    return " | ".join([f"({words})", *codes_of_terms(wanted.terms), *codes_of_places(around, served)])


def codes_of_terms(terms: Iterable[str]) -> list[str]:
    """Return the parts of a query of which one asks for being of one of the kinds."""
    return [_quoted(code) for code in dict.fromkeys(map(term_code, terms))]


def codes_of_places(around: Iterable[str], served: Iterable[str]) -> list[str]:
    """Return the parts of a query of which one asks for being in one of the places, or for serving one of the areas."""
    return [_quoted(code) for code in dict.fromkeys([*map(place_code, around), *map(area_code, served)])]


def parts_of_country(code: str) -> str:
    """Return the part of a query that asks for serving some place in the country."""
    return f"{_quoted(area_code(f'{code}-'))}:*"


def owned_by(words: Sequence[Word]) -> tuple[str, str]:
    """Return the queries for belonging to an organization that is called so, and whose name begins so, or is so."""
    name = _quoted(owner_code(" ".join(word[0] for word in words)))
    return name, f"{name} | {name[:-1]}-':*"


def _any(words: Iterable[str], *, may_go_on: bool) -> str:
    """Return any of the words; where it ``may_go_on``, also a longer one that begins so."""
    wanted = (
        f"{_quoted(word)}:*" if may_go_on and len(word) >= _FEWEST_LETTERS_CONTINUED else _quoted(word)
        for word in dict.fromkeys(words)
    )
    return f"({' | '.join(wanted)})"


def _quoted(lexeme: str) -> str:
    if "'" in lexeme or "\\" in lexeme:
        lexeme = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{lexeme}'"

"""Turns typed words into conditions on the index and a rank, from the strictest reading to the most forgiving one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sqlalchemy import Connection

from services.directory.adapters.reference_cache import Reference, reference_of
from services.directory.adapters.search_text import (
    codes_of_places,
    codes_of_terms,
    owned_by,
    parts_of_country,
    query_for,
)
from services.directory.adapters.search_words import begins_a_word, corrections, known_words
from services.directory.adapters.sql import TRUE, Sql, joined, sql
from services.directory.domain.lexicon import Word
from services.directory.domain.query import LONGEST_BEING_TYPED, Wanted, understand
from services.directory.domain.spelling import spellings

_MOST_WORDS = 10
_MOST_CORRECTED = 4
# Weights of D, C, B, A: the description, the organization, what it is and where, the service's own name.
_WEIGHTS = "'{0.1,0.3,0.7,1.0}'"
# What ranking by weights comes to for one entry of weight 1; see ts_rank.
_SHARE = 1.64493406685
_MOST_FOR_ONE = 3.0
# Where fewer are found at a place, those around it are of use as well.
_FEW = 5
_FOR_WEAK = 0.2
_FOR_TERMS = 2.0
_FOR_PLACES = 1.5
_FOR_WHOLE_NAME = 10.0
_FOR_BEGUN_NAME = 2.0
# As much as a kind of service can come to: "save" begins the names of some kinds, too.
_FOR_BEGUN_OWNER = 6.0
_LENGTH_OF_COUNTRY = 2
_HAS_WORDS = "search_entry.document @@ %(words)s::tsquery"
_NAMED = (
    f"CASE WHEN search_entry.sort_name = %(name)s THEN {_FOR_WHOLE_NAME}"
    f" WHEN starts_with(search_entry.sort_name, %(name)s) THEN {_FOR_BEGUN_NAME} ELSE 0.0 END"
)
# Hardly an entry is one of theirs: most are asked once.
_OWNED = (
    "CASE WHEN NOT search_entry.document @@ %(owned)s::tsquery THEN 0.0"
    f" WHEN search_entry.document @@ %(owner)s::tsquery THEN {_FOR_WHOLE_NAME} ELSE {_FOR_BEGUN_OWNER} END"
)


@dataclass(frozen=True)
class TextQuery:
    """One reading of the words: which entries it finds, and how well each fits.

    It is for where the readings before have found fewer than ``unless_found``.
    """

    condition: Sql
    rank: Sql
    named: Sql
    unless_found: int


def readings(connection: Connection, text: str | None) -> Iterator[TextQuery]:
    """Yield readings of what was typed, each finding more than the one before; none where there are no words.

    First all words, those that begin no known word corrected. Then, for kinds of service that nobody offers, all that
    stands beside them under the same heading. Then also words corrected that are none in whole. Then a place stands
    for the areas around it as well; then one word may be missing; at last any one word is enough.
    Whatever fits more strictly comes first in each of them.
    """
    words = spellings(text or "")[:_MOST_WORDS]
    if not words:
        return
    reference = reference_of(connection)
    in_names = {word for word in words if reference.has_word(word)}
    known = in_names | known_words(connection, [word for word in words if word not in in_names])
    # Who mistypes more than a few words of one search typed no words.
    unsure = [word for word in dict.fromkeys(words) if word not in known and reference.is_unsure(word)]
    begun = {word for word in unsure[:_MOST_CORRECTED] if begins_a_word(connection, word)}
    reading = _understood(connection, words, reference, known=known, begun=begun)
    yield reading.query()
    if not reading.has_surroundings:
        yield from reading.upwards()
    if begun:
        reading = _understood(connection, words, reference, known=known)
        yield reading.query()
    if reading.has_surroundings:
        yield reading.query(is_wide=True, unless_found=_FEW * reading.count_places())
        yield from reading.upwards(is_wide=True)
    needed = sum(not entry.is_weak for entry in reading.wanted)
    for missing in sorted({1, needed - 1} - {0}):
        if missing < needed:
            yield reading.query(is_wide=True, missing=missing)
            yield from reading.upwards(is_wide=True, missing=missing)
    if needed and all(entry.asks_for_nothing for entry in reading.wanted):
        yield replace(reading, wanted=[replace(entry, is_weak=True) for entry in reading.wanted]).query()


def _understood(
    connection: Connection,
    words: Sequence[Word],
    reference: Reference,
    *,
    known: Collection[Word],
    begun: Collection[Word] = (),
) -> _Reading:
    """Return what the words mean; those ``begun`` are taken as they stand, the unknown others may be errors."""
    given = {*known, *begun}
    wanted = understand(words, terms=reference.term_names, places=reference.place_names, known=given)
    doubtful = [entry.words[0] for entry in wanted if entry.is_text_alone and len(entry.words) == 1]
    unknown = [word for word in doubtful if word not in given and reference.is_unsure(word)][:_MOST_CORRECTED]
    corrected = {word: corrections(connection, word) for word in unknown}
    return _Reading(words, wanted, reference, corrected, known)


@dataclass(frozen=True)
class _Reading:
    """What was understood of the words, which of them are known in whole, and the corrections found so far."""

    words: Sequence[Word]
    wanted: Sequence[Wanted]
    reference: Reference
    corrected: Mapping[Word, Sequence[str]]
    known: Collection[Word]

    @property
    def has_surroundings(self) -> bool:
        """Say whether a place is asked for surely enough to look around it."""
        asked = (code for entry in self.wanted if entry.has_surroundings for code in entry.places)
        return any(code in self.reference.centres for code in asked)

    def count_places(self) -> int:
        """Return how many places the words may mean, at most: each of them should have its few."""
        return max(len(entry.places) + len(entry.further_places) for entry in self.wanted)

    def upwards(self, *, is_wide: bool = False, missing: int = 0) -> Iterator[TextQuery]:
        """Yield the reading in which a kind of service stands for all under its heading, if some have one."""
        raised = [
            replace(entry, terms=tuple(dict.fromkeys(code for term in entry.terms for code in self._path(term))))
            for entry in self.wanted
        ]
        if raised != list(self.wanted):
            yield replace(self, wanted=raised).query(is_wide=is_wide, missing=missing)

    def _path(self, term: str) -> tuple[str, ...]:
        return self.reference.term_paths.get(term, (term,))

    def query(self, *, is_wide: bool = False, missing: int = 0, unless_found: int = 1) -> TextQuery:
        """Return the condition and the rank; ``is_wide`` takes what lies in the same areas for the place."""
        queries = [self._one(entry, is_wide=is_wide) for entry in self.wanted]
        every_one = zip(self.wanted, queries, strict=True)
        needed = [self._with_further(entry, query) for entry, query in every_one if not entry.is_weak]
        enough = [" & ".join(f"({query})" for query in some) for some in combinations(needed, len(needed) - missing)]
        condition = sql(_HAS_WORDS, words=" | ".join(f"({each})" for each in enough)) if needed else TRUE
        points = joined(" + ", (self._points(*one, is_wide=is_wide) for one in enumerate(self.wanted)))
        if missing:
            points = joined(" + ", [points, *(self._having(*one) for one in enumerate(self.wanted))])
        named = sql(_NAMED, name=" ".join(word[0] for word in self.words))
        rank = joined(" + ", [points, named, *self._owned()])
        return TextQuery(
            condition=condition,
            rank=Sql(f"({rank.text}) * (0.7 + 0.3 * search_entry.standing)", rank.values),
            named=named,
            unless_found=unless_found,
        )

    def _one(self, wanted: Wanted, *, is_wide: bool, in_whole: Collection[Word] = ()) -> str:
        served = self._served(wanted.places)
        around = served if is_wide and wanted.has_surroundings else wanted.places
        return query_for(wanted, self.corrected, served=served, around=around, in_whole=in_whole)

    def _points(self, number: int, wanted: Wanted, *, is_wide: bool) -> Sql:
        """Return how much an entry has of one thing that is asked for.

        Where words alone can meet it, those that there are count in whole: "save" is not the beginning of another.
        """
        known = self.known if wanted.is_text_alone else ()
        in_whole = [word for word in known if len(word[0]) > LONGEST_BEING_TYPED]
        query = self._one(wanted, is_wide=is_wide, in_whole=in_whole)
        # A word that may go on counts as two: itself and its beginning, though ts_rank weighs them as one.
        asked, share = f"query_{number}", f"share_{number}"
        rank = f"ts_rank({_WEIGHTS}, search_entry.document, %({asked})s::tsquery) * %({share})s::float8"
        points = f"least({rank}, {_MOST_FOR_ONE}) * {_importance(wanted)}"
        return sql(points, **{asked: query, share: _SHARE * (query.count("'") // 2 + query.count(":*"))})

    def _owned(self) -> Iterator[Sql]:
        """Yield how much belonging to an organization of this name counts, if the words may be the name of one."""
        if any(entry.is_text_alone for entry in self.wanted):
            owner, owned = owned_by(self.words)
            yield sql(_OWNED, owner=owner, owned=owned if len(self.words) > 1 else owner)

    def _having(self, number: int, wanted: Wanted) -> Sql:
        """Return what having one thing counts by itself: being of a kind, being at a place; no mention of either."""
        codes = [*codes_of_terms(wanted.terms), *codes_of_places(wanted.places, self._served(wanted.places))]
        having = " | ".join(codes) or self._one(wanted, is_wide=False)
        points = f"(search_entry.document @@ %(having_{number})s::tsquery)::integer"
        return sql(f"{points} * {_MOST_FOR_ONE * _importance(wanted)}", **{f"having_{number}": having})

    def _with_further(self, wanted: Wanted, query: str) -> str:
        """Return the query that finds what is at further places too, or serves a part of a country.

        The rank asks the plain one.
        """
        further = codes_of_places(wanted.further_places, self._served(wanted.further_places))
        countries = [code for code in wanted.places if len(code) == _LENGTH_OF_COUNTRY]
        return " | ".join([query, *further, *map(parts_of_country, countries)])

    def _served(self, places: Sequence[str]) -> list[str]:
        """Return the areas of which an entry serves one if it serves one of the places."""
        return [area for code in places for area in self.reference.covering(code)]


def _importance(wanted: Wanted) -> float:
    return _FOR_WEAK if wanted.is_weak else _FOR_TERMS if wanted.terms else _FOR_PLACES if wanted.places else 1.0

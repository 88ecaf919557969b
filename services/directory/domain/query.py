"""Understands what is typed into a search: which words name a kind of service or a place, and which hardly matter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from services.directory.domain.lexicon import Lexicon, Word
from services.directory.domain.stop_words import STOP_WORDS

# A word that occurs in the names of more kinds of service than this tells none of them.
_MOST_TERMS = 6
_MOST_PLACES = 8


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One thing that is asked for: words that an entry may have, or codes that mean the same.

    ``is_weak`` says that an entry without it is found as well.
    """

    words: tuple[Word, ...]
    terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    is_weak: bool = False

    @property
    def is_text_alone(self) -> bool:
        """Say whether only an entry's own words can meet it."""
        return not self.terms and not self.places


def understand(words: Sequence[Word], *, terms: Lexicon, places: Lexicon, known: Collection[Word]) -> list[Wanted]:
    """Return what is asked for, in the order of the words; ``known`` are the words that entries have.

    If nothing but weak words is asked for, they are all that there is to go by.
    """
    wanted = list(_wanted(words, terms, places, known))
    if all(entry.is_weak for entry in wanted):
        return [Wanted(words=entry.words, terms=entry.terms, places=entry.places) for entry in wanted]
    return wanted


def _wanted(words: Sequence[Word], terms: Lexicon, places: Lexicon, known: Collection[Word]) -> Iterator[Wanted]:
    position = 0
    while position < len(words):
        found = (
            _named(words, position, terms, places)
            or _described(words, position, terms, known)
            or _single(words[position], terms, places, is_known=words[position] in known)
        )
        yield found
        position += len(found.words)


def _named(words: Sequence[Word], position: int, terms: Lexicon, places: Lexicon) -> Wanted | None:
    """Return the longest name that begins here."""
    for length in range(max(terms.longest_name, places.longest_name), 0, -1):
        span = tuple(words[position : position + length])
        if len(span) < length or (length == 1 and _is_stop_word(span[0])):
            continue
        kinds, towns = terms.named(span), places.named(span)
        if kinds or towns:
            return Wanted(words=span, terms=tuple(kinds), places=tuple(towns[:_MOST_PLACES]))
    return None


def _described(words: Sequence[Word], position: int, terms: Lexicon, known: Collection[Word]) -> Wanted | None:
    """Return the words from here on that occur together in the names of a few kinds of service."""
    shared: list[str] = []
    last = position
    for number in range(position, len(words)):
        if _is_stop_word(words[number]):
            if number == position:
                return None
            continue
        codes = terms.codes_of(words[number], is_known=words[number] in known)
        common = [code for code in shared if code in codes] if number > position else codes
        if not common:
            break
        shared, last = common, number
    if last == position or len(shared) > _MOST_TERMS:
        return None
    return Wanted(words=tuple(words[position : last + 1]), terms=tuple(shared))


def _single(word: Word, terms: Lexicon, places: Lexicon, *, is_known: bool) -> Wanted:
    if _is_stop_word(word):
        return Wanted(words=(word,), is_weak=True)
    kinds = terms.codes_of(word, is_known=is_known)
    if len(kinds) > _MOST_TERMS:
        return Wanted(words=(word,), is_weak=True)
    towns = [] if kinds else places.codes_of(word, is_known=is_known)
    return Wanted(words=(word,), terms=tuple(kinds), places=tuple(towns[:_MOST_PLACES]))


def _is_stop_word(word: Word) -> bool:
    return any(spelling in STOP_WORDS for spelling in word)

"""Understands what is typed into a search: which words name a kind of service or a place, and which hardly matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from services.directory.domain.lexicon import Closeness, Found, Lexicon, Word
from services.directory.domain.stop_words import STOP_WORDS
from services.directory.domain.told_ages import length_of_age

# A word that occurs in the names of more kinds of service than this tells none of them.
_MOST_TERMS = 6
_MOST_PLACES = 8
# Whoever has typed no more than this may be about to go on.
LONGEST_BEING_TYPED = 3
# How closely a word names towns, and how closely kinds of service, where both may be meant.
_EITHER = {(Closeness.BEGUN, Closeness.BEGUN), (Closeness.BENT, Closeness.BEGUN)}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One thing that is asked for: words that an entry may have, or codes that mean the same.

    ``is_weak`` says that an entry without it is found as well. ``further_places`` are found too, after the others.
    ``has_surroundings`` says that the places are meant surely enough to look around them. ``is_age`` says that the
    words tell how old a child is, which no entry has to say.
    """

    words: tuple[Word, ...]
    terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    further_places: tuple[str, ...] = ()
    has_surroundings: bool = True
    is_weak: bool = False
    is_age: bool = False

    @property
    def is_text_alone(self) -> bool:
        """Say whether only an entry's own words can meet it."""
        return not self.terms and not self.places

    @property
    def asks_for_nothing(self) -> bool:
        """Say whether it tells no service from another: whom it is for, how old that is, what joins other words."""
        return self.is_age or (self.is_text_alone and all(map(_is_stop_word, self.words)))


def understand(words: Sequence[Word], *, terms: Lexicon, places: Lexicon, known: Collection[Word]) -> list[Wanted]:
    """Return what is asked for, in the order of the words; ``known`` are those that are not taken for typing errors.

    If nothing but weak words is asked for, they are all that there is to go by; an age is nothing even then.
    """
    wanted = list(_wanted(words, terms, places, known))
    if all(entry.is_weak for entry in wanted):
        wanted = [replace(entry, is_weak=entry.is_age) for entry in wanted]
    if len(words) == 1 and len(words[0][0]) <= LONGEST_BEING_TYPED:
        begun = places.better_known(words[0], than=wanted[0].places)
        wanted = [replace(wanted[0], further_places=_each_once(begun, wanted[0].further_places)[:_MOST_PLACES])]
    if len(words) == 1 and places.find(words[0], is_known=False).closeness == Closeness.NEAR:
        # Nothing is asked but what a typing error may mean: around that lies what nobody asked for.
        wanted = [replace(wanted[0], has_surroundings=False)]
    return wanted


def is_unsure(word: Word, *, terms: Lexicon, places: Lexicon) -> bool:
    """Say whether the word is none of a name, nor the beginning or another form of one."""
    found = (names.find(word, is_known=True).closeness for names in (terms, places))
    return not _is_stop_word(word) and all(closeness == Closeness.NOT for closeness in found)


def _wanted(words: Sequence[Word], terms: Lexicon, places: Lexicon, known: Collection[Word]) -> Iterator[Wanted]:
    position = 0
    while position < len(words):
        found = (
            _aged(words, position)
            or _named(words, position, terms, places)
            or _described(words, position, terms, known)
            or _single(words, position, terms, places, known)
        )
        yield found
        position += len(found.words)


def _aged(words: Sequence[Word], position: int) -> Wanted | None:
    """Return the age that is told from here on; it may be missing in an entry."""
    length = length_of_age(words, position)
    return Wanted(words=tuple(words[position : position + length]), is_weak=True, is_age=True) if length else None


def _named(words: Sequence[Word], position: int, terms: Lexicon, places: Lexicon) -> Wanted | None:
    """Return the longest name that begins here."""
    for length in range(max(terms.longest_name, places.longest_name), 0, -1):
        span = tuple(words[position : position + length])
        if len(span) < length or (length == 1 and _is_stop_word(span[0])):
            continue
        kinds, towns = terms.named(span), places.named(span)
        if length > 1 and not kinds and not towns:
            kinds, towns = terms.bent(span), places.bent(span)
        if kinds or towns:
            return _whole(span, kinds, towns, places)
    return None


def _whole(span: tuple[Word, ...], kinds: Sequence[str], named: Sequence[str], places: Lexicon) -> Wanted:
    """Return what a name means; what is seldom meant by it is found too, after the kind or the larger place."""
    towns, villages = places.apart(named)
    if not kinds and not towns:
        # A village is guessed no less than a town of which this is another case.
        towns, villages = (*villages, *places.bent(span)), ()
    towns, villages = towns[:_MOST_PLACES], villages[:_MOST_PLACES]
    return Wanted(words=span, terms=tuple(kinds), places=towns, further_places=villages)


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
        common = [code for code in (shared if number > position else codes) if code in codes]
        if not common:
            break
        shared, last = common, number
    if last == position or len(shared) > _MOST_TERMS:
        return None
    return Wanted(words=tuple(words[position : last + 1]), terms=tuple(shared))


def _single(words: Sequence[Word], position: int, terms: Lexicon, places: Lexicon, known: Collection[Word]) -> Wanted:
    word, is_known = words[position], words[position] in known
    if _is_stop_word(word):
        return Wanted(words=(word,), is_weak=True)
    kinds, towns = terms.find(word, is_known=is_known), _town(word, places, is_known=is_known)
    if kinds.closeness == Closeness.BEGUN and _is_typed_to_its_end(words, position):
        kinds = Found()
    sureness = (towns.closeness, kinds.closeness)
    # What is named more closely is meant; a beginning of either may be the other's, or another case of a town.
    if sureness not in _EITHER:
        kinds, towns = (kinds, Found()) if towns.closeness >= kinds.closeness else (Found(), towns)
    meant = Wanted(words=(word,), places=towns.codes[:_MOST_PLACES], has_surroundings=towns.is_telling)
    if len(kinds.codes) > _MOST_TERMS:
        return replace(meant, is_weak=True)
    return replace(meant, terms=kinds.codes)


def _is_typed_to_its_end(words: Sequence[Word], position: int) -> bool:
    """Say whether a word of few letters is followed by others: it is one of its own, and not what it begins."""
    return position + 1 < len(words) and len(words[position][0]) <= LONGEST_BEING_TYPED


def _town(word: Word, places: Lexicon, *, is_known: bool) -> Found:
    """Return the towns that a word, which is no name by itself, may mean.

    A guess is one of the larger, and none where the word is one of its own.
    """
    towns = places.find(word, is_known=is_known)
    if towns.closeness == Closeness.WHOLE:
        return replace(towns, codes=_each_once(places.bent([word]), towns.codes))
    if towns.closeness == Closeness.BENT:
        return replace(towns, codes=_each_once(places.better_known(word, than=towns.codes), towns.codes))
    if towns.closeness == Closeness.BEGUN:
        return towns
    return Found() if is_known else replace(towns, codes=places.likely(towns.codes))


def _each_once(*codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain(*codes)))


def _is_stop_word(word: Word) -> bool:
    return any(spelling in STOP_WORDS for spelling in word)

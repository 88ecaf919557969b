"""Finds coded things by their names in many languages, as people type them: begun, inflected, or with one error."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import product

from services.directory.domain.bent_forms import unbent
from services.directory.domain.spelling import may_be_corrected, may_mean, spellings

Word = tuple[str, ...]
_SHORTEST_BEGINNING = 3
# A shorter beginning is one of many names: it stands for those that people are likely to mean.
_SHORTEST_TELLING_BEGINNING = 5
_PART_THAT_TELLS = 2 / 3
_MOST_BEGUN = 200
_FAR_BETTER_KNOWN = 5
_SHORTEST_STEM = 4
_LONGEST_ENDING = 3
# Longer names bend in ways of their own, and each further word multiplies what may be meant.
_MOST_WORDS_BENT = 3
_MOST_REMEMBERED = 20_000


class Closeness(IntEnum):
    """How a word names something, the surest way first."""

    WHOLE = 0
    BENT = 1
    BEGUN = 2
    INFLECTED = 3
    NEAR = 4
    NOT = 5


@dataclass(frozen=True)
class Found:
    """The codes that a word names, the weightiest first, and how closely it names all of them.

    ``is_telling`` says that what was typed is enough of the name to go by it alone.
    """

    codes: tuple[str, ...] = ()
    closeness: Closeness = Closeness.NOT
    is_telling: bool = True


_NOTHING = Found()
_GUESSED = frozenset({Closeness.BENT, Closeness.INFLECTED, Closeness.NEAR})


class Lexicon:
    """Codes by the words of their names; build it with the weightiest codes first.

    What is ``seldom_meant`` is not guessed: neither by a short beginning nor by another ending or a typing error. Of
    the names ``in_whole`` neither a single word nor a beginning stands for them: East Sarajevo is not meant by "east".
    Nothing of it changes once it is built: a change of the names needs another one.
    """

    def __init__(
        self,
        names: Iterable[tuple[str, Iterable[str]]],
        *,
        in_whole: Iterable[tuple[str, Iterable[str]]] = (),
        seldom_meant: Collection[str] = (),
    ) -> None:
        self._seldom_meant = frozenset(seldom_meant)
        self._weight: dict[str, int] = {}
        self._codes_of_name: dict[Word, dict[str, None]] = defaultdict(dict)
        self._codes_of_word: dict[str, dict[str, None]] = defaultdict(dict)
        for code, phrases in names:
            self._weight.setdefault(code, len(self._weight))
            for phrase in phrases:
                self._add(code, spellings(phrase), has_words=True)
        self._begins = sorted(self._codes_of_word)
        for code, phrases in in_whole:
            for phrase in phrases:
                words = spellings(phrase)
                self._add(code, words, has_words=len(words) == 1)
        self.longest_name = max(map(len, self._codes_of_name), default=0)
        self._sorted = sorted(self._codes_of_word)
        self._by_edge: dict[str, list[str]] = defaultdict(list)
        for word in self._sorted:
            for edge in _edges(word):
                self._by_edge[edge].append(word)
        self._in_names = frozenset(word for name in self._codes_of_name for word in name)
        self.find = lru_cache(maxsize=_MOST_REMEMBERED)(self._find)
        self._possible = lru_cache(maxsize=_MOST_REMEMBERED)(self._find_possible)

    def _add(self, code: str, words: Sequence[Word], *, has_words: bool) -> None:
        for spelled in ([word[0] for word in words], [word[-1] for word in words]):
            if spelled:
                self._codes_of_name[tuple(spelled)].setdefault(code)
            if len(spelled) == 2 or "".join(spelled).isdigit():
                # A number, and a name of two words, is written with blanks or without: Banja Luka, Banjaluka.
                self._codes_of_name[("".join(spelled),)].setdefault(code)
        for word in words if has_words else ():
            for spelling in word:
                self._codes_of_word[spelling].setdefault(code)

    def named(self, words: Sequence[Word]) -> list[str]:
        """Return the codes of which these words, all of them and in this order, are a name."""
        spelled = {tuple(word[0] for word in words), tuple(word[-1] for word in words)}
        return _each_once(code for name in sorted(spelled) for code in self._codes_of_name.get(name, ()))

    def bent(self, words: Sequence[Word]) -> list[str]:
        """Return the codes of which these words are a name in another case, word by word: u Banjoj Luci."""
        if len(words) > _MOST_WORDS_BENT:
            return []
        possible = [self._possible(word) for word in words]
        codes = {code for name in product(*possible) for code in self._codes_of_name.get(name, ())}
        return list(self._by_weight(codes - self._seldom_meant))

    def apart(self, codes: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return those of the codes that are readily meant, and those that are seldom, the weightiest first."""
        every = self._by_weight(codes)
        return (
            tuple(code for code in every if code not in self._seldom_meant),
            tuple(code for code in every if code in self._seldom_meant),
        )

    def likely(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return those of the codes, the weightiest first, that weigh not far less than the first of them."""
        last = max((self._weight[code] + 1 for code in codes[:1]), default=0) * _FAR_BETTER_KNOWN
        return tuple(code for code in codes if self._weight[code] < last)

    def has(self, word: Word) -> bool:
        """Say whether some name has the word in whole."""
        return any(self._same(spelling) for spelling in word)

    def codes_of(self, word: Word, *, is_known: bool) -> tuple[str, ...]:
        """Return the codes that the word names; see :meth:`find`."""
        return self.find(word, is_known=is_known).codes

    def _find(self, word: Word, *, is_known: bool) -> Found:
        """Return the codes whose names have the word, else are bent to it, else begin with it, else nearly have it.

        A word that is known elsewhere may be begun or inflected, but is not taken for a typing error.
        """
        for closeness, find in enumerate((self._same, self._bent, self._begun, self._inflected, self._near)):
            if is_known and closeness == Closeness.NEAR:
                break
            found = [(spelling, entry) for spelling in word for entry in find(spelling)]
            codes = self._codes_of([entry for _, entry in found])
            is_telling = any(self._is_telling(*one, closeness) for one in found)
            if closeness in _GUESSED or not is_telling:
                codes -= self._seldom_meant
            if codes:
                return Found(self._by_weight(codes), Closeness(closeness), is_telling)
        return _NOTHING

    def _is_telling(self, typed: str, word: str, closeness: int) -> bool:
        """Say whether what was typed is most of a word, or a name but for its ending or one error: not so Salonic."""
        if closeness == Closeness.BEGUN:
            return len(typed) >= max(_SHORTEST_TELLING_BEGINNING, _PART_THAT_TELLS * len(word))
        if closeness == Closeness.INFLECTED:
            is_close = typed.startswith(word[:-1]) or may_mean(typed, word)
            return is_close and (word,) in self._codes_of_name
        return True

    def _codes_of(self, words: Collection[str]) -> set[str]:
        """Return the codes of which one of the words is a name by itself; else of those that have it in a name."""
        alone = {code for word in words for code in self._codes_of_name.get((word,), ())}
        return alone or {code for word in words for code in self._codes_of_word[word]}

    def better_known(self, word: Word, *, than: Collection[str]) -> tuple[str, ...]:
        """Return the codes that the word begins and that weigh far more than any of the others; none without others."""
        if not than:
            return ()
        # Sizes fall as places in their order rise.
        last = min(self._weight[code] for code in than) / _FAR_BETTER_KNOWN
        codes = {code for spelling in word for entry in self._begun(spelling) for code in self._codes_of_word[entry]}
        return self._by_weight(code for code in codes if self._weight[code] < last)

    def _by_weight(self, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(codes, key=self._weight.__getitem__))

    def _same(self, word: str) -> list[str]:
        return [word] if word in self._codes_of_word or (word,) in self._codes_of_name else []

    def _bent(self, word: str) -> list[str]:
        """Return the names of one word of which this is another case."""
        return [name for name in unbent(word) if (name,) in self._codes_of_name]

    def _find_possible(self, word: Word) -> tuple[str, ...]:
        """Return the words of names that this one is, or is another case of."""
        possible = dict.fromkeys(each for spelling in word for each in (spelling, *unbent(spelling)))
        return tuple(each for each in possible if each in self._in_names)

    def _begun(self, word: str) -> list[str]:
        if len(word) < _SHORTEST_BEGINNING:
            return []
        start = bisect_left(self._begins, word)
        return [entry for entry in self._begins[start : start + _MOST_BEGUN] if entry.startswith(word)]

    def _inflected(self, word: str) -> list[str]:
        """Return words that share the stem and differ in a short ending."""
        stem = max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING)
        if len(word) <= _SHORTEST_STEM:
            return []
        start = bisect_left(self._sorted, word[:stem])
        begun = self._sorted[start : start + _MOST_BEGUN]
        return [entry for entry in begun if entry.startswith(word[:stem]) and _differ_in_ending(entry, word)]

    def _near(self, word: str) -> list[str]:
        if not may_be_corrected(word):
            return []
        possible = sorted({entry for edge in _edges(word) for entry in self._by_edge.get(edge, ())})
        return [entry for entry in possible if may_mean(word, entry)]


def _edges(word: str) -> tuple[str, str]:
    """Return beginning and end: one typing error leaves one of them as it is."""
    return f"{word[:2]}-", f"-{word[-2:]}"


def _differ_in_ending(one: str, other: str) -> bool:
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    ending = max(len(one), len(other)) - shared
    return shared >= _SHORTEST_STEM and ending <= min(_LONGEST_ENDING, max(1, shared - 2))


def _each_once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))

"""Says of which names a word may be another case: Slavic cases, Albanian definite forms, Romanian articles."""

from __future__ import annotations

_SHORTEST_STEM = 2
_SHORTEST_NAME = 3
_VOWELS = frozenset("aeiou")
# What stands in the place of an ending where the name is not bent, in plain letters.
_BOSNIAN_MONTENEGRIN_SERBIAN = {
    "a": ("", "o", "e"), "u": ("", "o", "e", "a"), "om": ("", "o", "a", "i"), "em": ("", "e", "i"), "e": ("a",),
    "i": ("a", ""), "ci": ("ka",), "zi": ("ga",), "oj": ("a",), "og": ("i", "o"), "eg": ("i", "e"), "im": ("i", "o"),
    "ima": ("i", "a", "e"), "ama": ("e", "a"),
}  # fmt: skip
_ALBANIAN = {
    "a": ("e", ""), "en": ("e", ""), "es": ("e", ""), "i": ("",), "u": ("",), "in": ("",), "un": ("",), "it": ("",),
    "ut": ("",), "ne": ("",), "se": ("",),
}  # fmt: skip
_ROMANIAN = {"ul": ("",), "ului": ("",), "l": ("",), "lui": ("",), "lor": ("",), "ei": ("a",)}
_LANGUAGES = (_BOSNIAN_MONTENEGRIN_SERBIAN, _ALBANIAN, _ROMANIAN)
_ENDINGS = {
    ending: tuple(dict.fromkeys(other for language in _LANGUAGES for other in language.get(ending, ())))
    for ending in dict.fromkeys(ending for language in _LANGUAGES for ending in language)
}
_LONGEST_ENDING = max(map(len, _ENDINGS))
# A vowel that only the name has, before its last consonant: Šabac and u Šapcu, Shkodër and Shkodra, Žabalj and Žablja.
_FLEETING = ("a", "e")
_LETTERS_OF_TWO = ("lj", "nj")
# What stood apart is said alike where the vowel is gone: b as p.
_VOICED = {"p": "b", "t": "d", "s": "z", "k": "g"}


def unbent(word: str) -> list[str]:
    """Return what the name may be of which a word in plain letters is another form, without the word itself.

    They are possible names, hardly any of them a real one: look them up.
    """
    found: dict[str, None] = {}
    for length in range(1, min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM) + 1):
        stem = word[:-length]
        for other in _ENDINGS.get(word[-length:], ()):
            found[stem + other] = None
            if not other:
                found.update(dict.fromkeys(_with_vowel(stem)))
    found.pop(word, None)
    return [name for name in found if len(name) >= _SHORTEST_NAME]


def _with_vowel(stem: str) -> list[str]:
    """Return the stem with a vowel before its last consonant, if it ends with several."""
    last = 2 if stem.endswith(_LETTERS_OF_TWO) else 1
    before = stem[-last - 1 : -last]
    if len(stem) < _SHORTEST_NAME or not before or before in _VOWELS or stem[-1] in _VOWELS:
        return []
    begun = [stem[:-last], stem[: -last - 1] + _VOICED[before]] if before in _VOICED else [stem[:-last]]
    return [first + vowel + stem[-last:] for first in begun for vowel in _FLEETING]

"""Turns names between the scripts of the region, so that each place is written down once."""

from __future__ import annotations

import unicodedata

_SERBIAN_DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_SERBIAN_LETTERS = dict(
    zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True),
)
_SERBIAN_LATIN = {cyrillic: latin for latin, cyrillic in (_SERBIAN_LETTERS | _SERBIAN_DIGRAPHS).items()}
_MACEDONIAN_DIGRAPHS = _SERBIAN_DIGRAPHS | {"gj": "ѓ", "kj": "ќ", "dz": "ѕ"}
_BULGARIAN_SINGLE = dict(zip("абвгдезийклмнопрстуфхъь", "abvgdeziyklmnoprstufhay", strict=True))
_BULGARIAN_COMPOUND = {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
_BULGARIAN_LATIN = _BULGARIAN_SINGLE | _BULGARIAN_COMPOUND
_SLUG_LETTERS = {"đ": "dj", "Đ": "dj", "ł": "l"}


def serbian_cyrillic(text: str) -> str:
    """Serbian or Montenegrin Latin to Cyrillic; `nj` inside a compound such as "injekcija" comes out wrong."""
    return _cyrillic(text, _SERBIAN_DIGRAPHS)


def macedonian_cyrillic(text: str) -> str:
    """Macedonian Latin to Cyrillic: as Serbian, with letters of its own for gj, kj and dz."""
    return _cyrillic(text, _MACEDONIAN_DIGRAPHS)


def serbian_latin(text: str) -> str:
    """Serbian Cyrillic to Latin; always right, since every Cyrillic letter has one Latin form."""
    return "".join(_cased(_SERBIAN_LATIN.get(letter.lower(), letter), like=letter) for letter in text)


def bulgarian_latin(text: str) -> str:
    """The official Bulgarian transliteration (Transliteration Act of 2009), with its rule for a final -ия."""
    words = []
    for word in text.split(" "):
        head, tail = (word[:-2], "ia") if word.lower().endswith("ия") else (word, "")
        words.append("".join(_cased(_BULGARIAN_LATIN.get(c.lower(), c), like=c) for c in head) + tail)
    return " ".join(words)


def folded(text: str) -> str:
    """Lower case without diacritics: for comparing and for codes, never for showing."""
    for letter, plain in _SLUG_LETTERS.items():
        text = text.replace(letter, plain)
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slug(text: str) -> str:
    """The part of a code that comes from a Latin name: "Vau i Dejës" becomes "vau-i-dejes"."""
    return "-".join("".join(c if c.isalnum() else " " for c in folded(text)).split())


def _cyrillic(text: str, digraphs: dict[str, str]) -> str:
    result: list[str] = []
    position = 0
    while position < len(text):
        pair = text[position : position + 2]
        if pair.lower() in digraphs:
            result.append(_cased(digraphs[pair.lower()], like=pair))
            position += 2
            continue
        letter = text[position]
        result.append(_cased(_SERBIAN_LETTERS.get(letter.lower(), letter), like=letter))
        position += 1
    return "".join(result)


def _cased(replacement: str, *, like: str) -> str:
    if like[:1].isupper():
        return replacement[:1].upper() + replacement[1:]
    return replacement

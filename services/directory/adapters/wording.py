"""Holds what answers say in each language, read once from ``wording/``; English for whoever asks for no other.

Serbian is written in Cyrillic letters, and those in Latin letters are made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.directory.adapters.reference_cache import OFFICIAL, Reference
from services.directory.domain.translation import Shown, best, chain
from services.directory.domain.wording import Wording
from services.directory.reference_data.transliteration import serbian_latin

FOLDER = Path(__file__).parent.parent / "wording"
_ENGLISH = "en"
_CYRILLIC, _LATIN = "sr-Cyrl", "sr-Latn"
_NAMES = ("languages", "accessibility", "countries", "weekdays", "file_places")


@cache
def wordings() -> Mapping[str, Wording]:
    """Return the wording of every language by its code."""
    written = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
    written[_LATIN] = _in_latin(written[_CYRILLIC])
    return {
        language: Wording(
            language=language,
            decimal=words["decimal"],
            reasons=words["reasons"],
            names={kind: words[kind] for kind in _NAMES},
            notes=words["notes"],
            faults=words["faults"],
            misfits=words["misfits"],
        )
        for language, words in written.items()
    }


def wording_for(languages: Sequence[str]) -> Wording:
    """Return the wording that a reader of these languages, the best first, reads best."""
    known = wordings()
    wanted = (language for language, turned in chain(languages) if turned is None and language in known)
    return known[next(wanted, _ENGLISH)]


def english_note(code: str) -> str:
    """Return a note as documents have it before they are put into somebody's language."""
    return wordings()[_ENGLISH].notes[code]


def english_country(code: str) -> str:
    """Return what documents call a country before they are put into somebody's language; other codes as they are."""
    return wordings()[_ENGLISH].name("countries", code)


def names_of_country(code: str) -> Mapping[str, str]:
    """Return the names of a country by language; none of what is no country."""
    named = {language: words.names["countries"].get(code) for language, words in wordings().items()}
    return {language: name for language, name in named.items() if name}


def notes_for(languages: Sequence[str]) -> Mapping[str, str]:
    """Return the notes for a reader of these languages, by what documents have in their place."""
    own = wording_for(languages).notes
    return {english_note(code): text for code, text in own.items()}


def namer(reference: Reference, languages: Sequence[str]) -> Callable[[str], str]:
    """Return what names terms and places by their codes for a reader of these languages, else as they are called."""
    steps = chain([*languages, _ENGLISH])

    @cache
    def name_of(code: str) -> str:
        names = reference.names.get(code, {})
        shown = best({language: Shown(name, language, None) for language, name in names.items()}, steps)
        return shown.text if shown else names.get(OFFICIAL, code)

    return name_of


def _in_latin(words: Any) -> Any:
    """Turn all words of a catalogue; blanks are Latin letters already."""
    if isinstance(words, dict):
        return {key: _in_latin(value) for key, value in words.items()}
    return serbian_latin(words)

"""Texts of a listing or an organization in other languages, field by field, and which of them a reader is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import lru_cache

from services.directory.domain.errors import ContentDoesNotFit
from services.directory.reference_data.transliteration import serbian_cyrillic, serbian_latin

# The fields of a listing that can be translated; each carries words meant for people to read.
FIELDS = (
    "name", "alternate_name", "description", "eligibility_description", "application_process", "fees_description",
    "wait_time", "alert",
)  # fmt: skip


class Origin(Enum):
    """Who wrote a translation."""

    HUMAN = "human"
    MACHINE = "machine"


@dataclass(frozen=True, kw_only=True)
class Translation:
    """One field in one language. ``is_outdated`` says that the field was rewritten after it was translated."""

    language: str
    field: str
    text: str
    origin: Origin = Origin.HUMAN
    source_language: str | None = None
    at: datetime | None = None
    is_outdated: bool | None = None

    def repeats(self, other: Translation | None) -> bool:
        """Say whether this is the same translation, whatever is known of when it was written."""
        return other is not None and (self.text, self.origin) == (other.text, other.origin)


def check_each_once(given: Sequence[Translation], source_language: str | None) -> None:
    """Refuse a field that is translated twice into a language, or into the one that it is written in."""
    each = [(entry.language, entry.field) for entry in given]
    if len(set(each)) < len(each) or any(language == source_language for language, _ in each):
        raise ContentDoesNotFit(
            "A field has one translation for each language other than its own.",
            code="translated_twice",
            fields=("translations", "source_language"),
        )


def carried_on(
    given: Sequence[Translation],
    *,
    known: Sequence[Translation],
    rewritten: Collection[str],
    source_language: str | None,
    at: datetime,
) -> tuple[Translation, ...]:
    """Return the translations of a new content with what is known of each from the content before.

    One that is as it was keeps its date, and is outdated once its field is among those ``rewritten``. Saying of an
    outdated one that it is not, while its field stays as it is, makes it good again.
    """
    before = {(entry.language, entry.field): entry for entry in known}
    result = []
    for entry in given:
        old = before.get((entry.language, entry.field))
        source = entry.source_language or source_language
        if old is None or not entry.repeats(old):
            result.append(replace(entry, source_language=source, at=at, is_outdated=False))
            continue
        was_outdated = old.is_outdated if entry.is_outdated is None else entry.is_outdated
        outdated = entry.field in rewritten or was_outdated
        # Of what nobody has dated it stays unknown since when it stands: it was not written now.
        told = entry.source_language or old.source_language
        result.append(replace(entry, source_language=told, at=old.at, is_outdated=outdated))
    return tuple(result)


@dataclass(frozen=True)
class Shown:
    """A text as a reader gets it; ``language`` None where nobody has said which one it is."""

    text: str
    language: str | None
    origin: Origin | None
    is_outdated: bool = False


_Script = Callable[[str], str]
_Step = tuple[str, _Script | None]
_SAME: dict[str, str] = {"sr": "sr-Cyrl", "sr-me": "cnr", "me": "cnr", "hr": "bs", "sh": "sr-Latn"}
# Whoever reads the one reads the others, in this order; a script of the same language is turned by machine.
_SIBLINGS: Mapping[str, Sequence[_Step]] = {
    "cnr": (("sr-Latn", None), ("bs", None), ("sr-Cyrl", serbian_latin)),
    "bs": (("cnr", None), ("sr-Latn", None), ("sr-Cyrl", serbian_latin)),
    "sr-Latn": (("sr-Cyrl", serbian_latin), ("cnr", None), ("bs", None)),
    "sr-Cyrl": (("sr-Latn", serbian_cyrillic), ("cnr", serbian_cyrillic), ("bs", serbian_cyrillic)),
    "mk": (("sr-Cyrl", None), ("sr-Latn", serbian_cyrillic)),
}
_TURNED: Mapping[_Script, str] = {serbian_latin: "sr-Latn", serbian_cyrillic: "sr-Cyrl"}


def chain(asked: Sequence[str]) -> list[_Step]:
    """Return the languages to try, best first, each with how to turn its script: every one asked, then its siblings."""
    steps: dict[tuple[str, _Script | None], None] = {}
    for language in asked:
        for step in [(language, None), *_SIBLINGS.get(language, ())]:
            steps.setdefault(step, None)
    return list(steps)


def best(texts: Mapping[str, Shown], steps: Sequence[_Step]) -> Shown | None:
    """Return the first text on the way, by language; None where the way leads past all of them.

    A language is told as it was, ``sr`` or ``hr``, and found as it is asked for.
    """
    found_as = _as_asked(texts)
    for language, turn in steps:
        found = found_as.get(language)
        if found is None:
            continue
        turned = found.text if turn is None else turn(found.text)
        # Plain sr says nothing of the script: what stands in the right one already is the text as it was told.
        if turn is None or turned == found.text:
            return found
        return replace(found, text=turned, language=_TURNED[turn], origin=Origin.MACHINE)
    return None


def _as_asked(texts: Mapping[str, Shown]) -> dict[str, Shown]:
    """Return texts by the languages that readers ask for; of two that are one for them, the one told so."""
    folded = {language_of(language): text for language, text in texts.items()}
    return folded | {language: text for language, text in texts.items() if language in folded}


def languages_asked(header: str | None) -> list[str]:
    """Return the languages of an ``Accept-Language`` header as we write them, the most wanted first."""
    wanted = []
    for position, part in enumerate((header or "")[:500].split(",")[:20]):
        tag, _, parameters = part.partition(";")
        quality = _quality(parameters)
        if quality > 0 and tag.strip() not in ("", "*"):
            wanted.append((-quality, position, tag.strip()))
    found = [language for _, _, tag in sorted(wanted) for language in [language_of(tag)]]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1_000)
def language_of(tag: str) -> str:
    """Return a language tag as this directory writes it: ``sr-Latn-RS`` is sr-Latn, ``sq-XK`` is sq."""
    parts = tag.replace("_", "-").lower().split("-")
    whole = "-".join(parts[:2])
    if whole in _SAME:
        return _SAME[whole]
    scripts = [part.title() for part in parts[1:] if part in ("latn", "cyrl")]
    if parts[0] == "sr" and scripts:
        return f"sr-{scripts[0]}"
    return _SAME.get(parts[0], parts[0])


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0


def by_language(
    entries: Sequence[Translation], field: str, *, source: str | None, source_language: str | None
) -> dict[str, Shown]:
    """Return a field's texts by language, the original among them; none where the original is empty."""
    if source is None:
        return {}
    texts = {
        entry.language: Shown(entry.text, entry.language, entry.origin, bool(entry.is_outdated))
        for entry in entries
        if entry.field == field
    }
    return texts | ({source_language: Shown(source, source_language, None)} if source_language else {})


def joined(parts: Sequence[Mapping[str, Shown]]) -> dict[str, Shown]:
    """Return a text of several parts in the languages that have all of them; one that is outdated in a part is none.

    For what is to be read first: who reads of an alert that was rewritten since must not be told the old one.
    """
    asked = [_as_asked(part) for part in parts]
    languages = set.intersection(*(set(part) for part in asked)) if asked else set()
    whole: dict[str, Shown] = {}
    for language in sorted(languages):
        shown = [part[language] for part in asked]
        if any(part.is_outdated for part in shown):
            continue
        origins = [part.origin for part in shown if part.origin is not None]
        origin = Origin.MACHINE if Origin.MACHINE in origins else next(iter(origins), None)
        whole[language] = Shown("\n".join(part.text for part in shown), language, origin)
    return whole

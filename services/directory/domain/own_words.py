"""What an own export says in the profile of this directory beyond HSDS, read back: everything with its limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, TypeVar

from chassis.clock import from_rfc3339
from services.directory.domain.accessibility import ACCESSIBILITY
from services.directory.domain.capacity import Capacity
from services.directory.domain.closing import REASONS, Closing, ClosingKind
from services.directory.domain.content_limits import LONGEST, MOST, is_phone
from services.directory.domain.eligibility import Sex
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.listing import ListingStatus, ScheduleEntry
from services.directory.domain.organization import TEXTS
from services.directory.domain.translation import FIELDS, Origin, Translation

# The property of services and organizations that holds it, and the table of a package.
OWN = "lidhja"
PLACES = ("physical", "virtual", "confidential")
_UNITS = ("places", "beds", "appointments", "hours")
_DAYS = frozenset(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z|24:00\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_LONGEST_NOTICE = 1000
_MOST_TRANSLATIONS = 400
_MOST_PLACES = 100_000
_MOST_KEPT = 100
_MOST_LANGUAGES = 50
Read = Callable[[Any], Any]
Word = TypeVar("Word", bound=Enum)


@dataclass(frozen=True, kw_only=True)
class OwnWords:
    """What is said of one service. ``fields`` are those of a listing's content, by their names.

    ``kept`` are the properties of HSDS that came with an import and stand beside the fields; all others are told from
    the fields, and go with them.
    """

    status: ListingStatus
    place: str
    is_exact: bool
    sex: Sex
    kept: frozenset[str]
    fields: Mapping[str, Any] = field(default_factory=dict)
    capacity: Capacity | None = None
    closing: Closing | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OwnWordsOfOrganization:
    """What is said of one organization, ``kept`` and ``fields`` as for a service."""

    country: str
    kept: frozenset[str]
    fields: Mapping[str, Any] = field(default_factory=dict)


def words_of_service(document: Mapping[str, Any]) -> OwnWords | None:
    """Return what a service says beyond HSDS, or None; raises ContentDoesNotFit for what no export would say."""
    if OWN not in document:
        return None
    said = _Reader(document[OWN], OWN)
    closing, capacity = said.part("closing"), said.part("capacity")
    return OwnWords(
        status=said.word("status", ListingStatus),
        place=said.one_of("place", PLACES),
        is_exact=said.claim("is_exact"),
        sex=said.word("sex", Sex),
        kept=said.kept(),
        fields={
            "accepts_referrals": said.claim("accepts_referrals"),
            "always_open": said.claim("always_open"),
            "accessibility": tuple(said.each("accessibility", MOST["accessibility"], _accessibility)),
            "schedule": tuple(said.parts("schedule", MOST["schedule"], _schedule_entry)),
            **_languages(said, FIELDS),
        },
        capacity=_capacity(capacity) if capacity else None,
        closing=_closing(closing) if closing else None,
        confirmed_at=said.moment("confirmed_at"),
    )


def words_of_organization(document: Mapping[str, Any]) -> OwnWordsOfOrganization | None:
    """Return what an organization says beyond HSDS, or None; raises ContentDoesNotFit as for a service."""
    if OWN not in document:
        return None
    said = _Reader(document[OWN], OWN)
    country = said.needed("country", said.text("country", fits=_COUNTRY.match))
    fields = {"phone": said.text("phone", fits=is_phone), **_languages(said, TEXTS)}
    return OwnWordsOfOrganization(country=country, kept=said.kept(), fields=fields)


class _Reader:
    """Reads one object, and says of what is wrong where it stands."""

    def __init__(self, said: Any, path: str) -> None:
        if not isinstance(said, Mapping):
            raise ContentDoesNotFit(f"{path} must be an object.", code="own_words_unreadable", fields=[path])
        self.path = path
        self._said = said

    def wrong(self, name: str) -> ContentDoesNotFit:
        detail = f"{self.path}.{name} is nothing that an export of this directory says."
        return ContentDoesNotFit(detail, code="own_words_unreadable", fields=[f"{self.path}.{name}"])

    def needed(self, name: str, value: Any) -> Any:
        if value is None:
            raise self.wrong(name)
        return value

    def text(self, name: str, *, longest: int = 200, fits: Read = bool) -> str | None:
        value = self._said.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > longest or "\0" in value or not fits(value):
            raise self.wrong(name)
        return value

    def claim(self, name: str, *, unsaid: bool = False) -> bool:
        value = self._said.get(name, unsaid)
        if not isinstance(value, bool):
            raise self.wrong(name)
        return value

    def count(self, name: str) -> int | None:
        value = self._said.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_PLACES:
            raise self.wrong(name)
        return value

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        try:
            return from_rfc3339(text) if text else None
        except ValueError:
            raise self.wrong(name) from None

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self._said.get(name)
        if value not in allowed:
            raise self.wrong(name)
        return str(value)

    def word(self, name: str, words: type[Word]) -> Word:
        return words(self.one_of(name, tuple(word.value for word in words)))

    def each(self, name: str, most: int, read: Read) -> list[Any]:
        found = self._said.get(name, [])
        if not isinstance(found, list) or len(found) > most or not all(map(read, found)):
            raise self.wrong(name)
        return found

    def part(self, name: str) -> _Reader | None:
        return _Reader(self._said[name], f"{self.path}.{name}") if name in self._said else None

    def parts(self, name: str, most: int, read: Callable[[_Reader], Any]) -> list[Any]:
        found = self.each(name, most, lambda _: True)
        return [read(_Reader(entry, f"{self.path}.{name}[{number}]")) for number, entry in enumerate(found)]

    def by_language(self, name: str, longest: int) -> tuple[tuple[str, str], ...]:
        said = _Reader(self._said.get(name, {}), f"{self.path}.{name}")
        languages = [language for language in said._said if _LANGUAGE.match(str(language))]
        if len(languages) != len(said._said) or len(languages) > _MOST_LANGUAGES:
            raise self.wrong(name)
        return tuple((language, str(said.text(language, longest=longest) or "")) for language in languages)

    def kept(self) -> frozenset[str]:
        return frozenset(self.each("kept", _MOST_KEPT, lambda name: isinstance(name, str)))


def _accessibility(code: Any) -> bool:
    return isinstance(code, str) and code in ACCESSIBILITY


def _schedule_entry(said: _Reader) -> ScheduleEntry:
    days = str(said.needed("byday", said.text("byday"))).split(",")
    if not set(days) <= _DAYS or len(set(days)) < len(days):
        raise said.wrong("byday")
    opens, closes = (said.needed(name, said.text(name, fits=_CLOCK.match)) for name in ("opens_at", "closes_at"))
    return ScheduleEntry(
        byday=tuple(days),
        opens_at=opens,
        closes_at=closes,
        description=said.text("description"),
        open_on_holidays=said.claim("open_on_holidays"),
    )


def _languages(said: _Reader, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return in which language texts are written, and their translations."""
    return {
        "source_language": said.text("source_language", fits=_LANGUAGE.match),
        "translations": tuple(said.parts("translations", _MOST_TRANSLATIONS, partial(_translation, fields))),
    }


def _translation(fields: tuple[str, ...], said: _Reader) -> Translation:
    name = said.one_of("field", fields)
    longest = LONGEST.get(name, LONGEST["eligibility"])
    return Translation(
        language=said.needed("language", said.text("language", fits=_LANGUAGE.match)),
        field=name,
        text=said.needed("text", said.text("text", longest=longest)),
        origin=said.word("origin", Origin),
        source_language=said.text("source_language", fits=_LANGUAGE.match),
        at=said.moment("at"),
        is_outdated=said.claim("outdated"),
    )


def _capacity(said: _Reader) -> Capacity:
    return Capacity(
        available=said.needed("available", said.count("available")),
        maximum=said.count("maximum"),
        unit=said.one_of("unit", _UNITS),
        updated_at=said.needed("updated_at", said.moment("updated_at")),
        reported_at=said.moment("reported_at"),
    )


def _closing(said: _Reader) -> Closing:
    return Closing(
        kind=said.word("kind", ClosingKind),
        reason=said.one_of("reason", REASONS),
        closes_at=said.needed("closes_at", said.moment("closes_at")),
        reopens_at=said.moment("reopens_at"),
        notice=said.text("alert", longest=_LONGEST_NOTICE),
        notice_translations=said.by_language("alert_translations", _LONGEST_NOTICE),
    )

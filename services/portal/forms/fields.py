"""Reading of single fields that several forms share, and the errors shown beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext, to_utc
from werkzeug.datastructures import MultiDict

from chassis.clock import from_rfc3339, to_rfc3339
from services.portal import wording
from services.portal.presenters import is_area, place_labels, place_name
from services.portal.views import clients

Errors = dict[str, str]
_LABEL = re.compile(r"(?P<name>.*?)\s*\((?P<country>[A-Z]{2})\)\Z")
_CODE = re.compile(r"[A-Z]{2}(-[a-z0-9]+)*\Z")
_SEVERAL, _ALL_OF_A_NAME = 8, 100


class Form:
    """The fields as they were sent, the errors found in them, and for unclear places what they may mean.

    ``is_stale`` says that what the form changes was changed by somebody else since the form was filled, and
    ``named_country`` which country was written where a place in it is asked for.
    """

    def __init__(self, fields: MultiDict[str, str] | Mapping[str, Any]) -> None:
        self.fields = fields if isinstance(fields, MultiDict) else MultiDict(fields)
        self.errors: Errors = {}
        self.choices: dict[str, list[tuple[str, str]]] = {}
        self.is_stale = False
        self.named_country: str | None = None

    def text(self, name: str) -> str:
        """Return a field without blanks around it, its lines parted as they were before a browser sent them."""
        return str(self.fields.get(name, "")).replace("\r\n", "\n").strip()

    def at_most(self, name: str, longest: int) -> str:
        """Return a field; a longer one is an error and never cut, for nobody would notice what is gone."""
        value = self.text(name)
        if len(value) > longest:
            self.errors[name] = ngettext(
                "This has more than %(num)s character.", "This has more than %(num)s characters.", longest
            )
        return value

    def several(self, name: str) -> list[str]:
        """Return all values of a field that may be given several times, each once."""
        return list(dict.fromkeys(value for value in self.fields.getlist(name) if value))

    def has(self, name: str, value: str) -> bool:
        """Whether a field holds the value; templates mark choices with it."""
        return value in self.fields.getlist(name)

    def required(self, name: str, message: str, *, longest: int | None = None) -> str:
        """Return the field, or note the error when it is empty or too long."""
        value = self.text(name) if longest is None else self.at_most(name, longest)
        if not value:
            self.errors[name] = message
        return value

    def number(self, name: str, *, low: int = 0, high: int = 120) -> int | None:
        """Return a whole number within bounds, or None; anything else is an error."""
        value = self.text(name)
        if not value:
            return None
        if not value.isdecimal() or not low <= int(value) <= high:
            self.errors[name] = _("Write a whole number from %(low)s to %(high)s.", low=low, high=high)
            return None
        return int(value)

    def date(self, name: str) -> str | None:
        """Return a day as YYYY-MM-DD; also reads 31.12.2015 for browsers without a date field."""
        value = self.text(name)
        if not value:
            return None
        for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
            try:
                return datetime.strptime(value, pattern).date().isoformat()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self.errors[name] = _("Write the date as day.month.year, such as 31.12.2015.")
        return None

    def moment(self, day_name: str, clock_name: str = "") -> str | None:
        """Return the moment of a day (and time) in the user's time zone, in UTC as the APIs want it."""
        value = self.date(day_name)
        if value is None:
            return None
        clock = self.text(clock_name) if clock_name else ""
        try:
            at = time.fromisoformat(clock) if clock else time()
        except ValueError:
            self.errors[clock_name] = _("Write the time as hours:minutes, such as 14:30.")
            return None
        local = datetime.combine(datetime.fromisoformat(value).date(), at)
        try:
            return to_rfc3339(from_rfc3339(f"{to_utc(local).isoformat()}Z"))
        except (ValueError, OverflowError):
            self.errors[day_name] = _("Write the date as day.month.year, such as 31.12.2015.")
            return None

    def place(self, name: str, *, country: str | None = None, known: Iterable[str] = ()) -> str | None:
        """Return the code of the place that was meant; unclear and guessed names get an error and choices to pick from.

        The label of one of the ``known`` codes means that one, however many places are called so.
        """
        text = self.text(f"{name}_choice") or self.text(name)
        if not text:
            return None
        before = next((code for code in known if place_name(code) == text), None)
        if before:
            return before
        found, self.named_country = find_places(text, country=country)
        if is_clear(found):
            return str(found[0]["code"])
        self.errors[name] = self._unclear(found)
        if found:
            self.choices[name] = [*zip((str(place["code"]) for place in found), place_labels(found), strict=True)]
        return None

    def _unclear(self, found: list[dict[str, Any]]) -> str:
        if self.named_country:
            return _("This is a country. Write a municipality in it.")
        if not found:
            return _("We do not know this place. Check the spelling.")
        if found[0].get("is_guess"):
            return _("We do not know this place. Do you mean one of these?")
        return _("There are several. Choose one.")

    def places(self, name: str, *, known: Iterable[str] = ()) -> list[str]:
        """Return the codes of places written one per line; unclear lines are named in the error.

        ``known`` are codes whose labels mean them, as for a single place.
        """
        codes: list[str] = []
        unclear: list[str] = []
        unknown: list[str] = []
        before: dict[str, list[str]] = {}
        for code in known:
            before.setdefault(place_name(code), []).append(code)
        for line in filter(None, (part.strip() for part in self.text(name).splitlines())):
            if before.get(line):
                codes.append(before[line].pop(0))
                continue
            found, _country = find_places(line, with_areas=True)
            if is_clear(found):
                codes.append(str(found[0]["code"]))
            else:
                (unclear if found else unknown).append(line)
                choices = self.choices.setdefault(name, [])
                choices.extend(zip((str(place["code"]) for place in found), place_labels(found), strict=True))
        if unclear or unknown:
            self.errors[name] = _unclear_places(unclear, unknown)
        return list(dict.fromkeys(codes))


def _unclear_places(unclear: list[str], unknown: list[str]) -> str:
    """Return what to do about lines that may mean several places, and about those that mean none."""
    parts = []
    if unclear:
        parts.append(_("Not clear: %(places)s. Write each one as it stands in the list.", places="; ".join(unclear)))
    if unknown:
        parts.append(_("We do not know these places: %(places)s. Check the spelling.", places="; ".join(unknown)))
    return " ".join(parts)


def is_clear(found: list[dict[str, Any]]) -> bool:
    """Say whether one place was found, and not by guessing what was mistyped."""
    return len(found) == 1 and not found[0].get("is_guess")


def find_places(
    text: str, *, with_areas: bool = False, country: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the places a text may mean: the one whose code, label or name it is, else those that begin like it.

    Counties and the like are found only ``with_areas``; a municipality goes before the area of the same name. Where no
    place is called so but a country is, that country is the second of the two and there are no places.
    """
    directory = clients().directory
    if _CODE.match(text):
        return directory.municipalities(code=text), None
    labelled = _LABEL.match(text)
    name, country = (labelled["name"], labelled["country"]) if labelled else (text, country)
    bare, _comma, last = name.rpartition(", ")
    levels = {str(words): code for code, words in wording.AREAS.items()}
    level, above = (levels[last], "") if last in levels else (None, last if bare else "")
    name = bare or name
    limit = _ALL_OF_A_NAME if above else _SEVERAL
    answer = directory.places_named(search=name[:200], country=country, limit=limit)
    found = [place for place in answer["items"] if with_areas or not is_area(place)]
    found = [place for place in found if above and _lies_in(place, above)] or found
    exact = [place for place in found if folded(name) in _spellings(place)]
    if level:
        return [place for place in exact if place["level"] == level], None
    towns = [place for place in exact if not is_area(place)]
    named_country = None if exact else answer.get("country")
    return towns or exact or ([] if named_country else found), named_country


def _lies_in(place: Mapping[str, Any], above: str) -> bool:
    names = (place.get("parent_name") or "", *(place.get("parent_names") or {}).values())
    return folded(above) in {folded(str(name)) for name in names}


def _spellings(place: Mapping[str, Any]) -> set[str]:
    return {folded(str(name)) for name in (place["name"], *(place.get("names") or {}).values())}


def folded(text: str) -> str:
    """Return a text without capitals and without the marks above and below its letters."""
    letters = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()

"""Writes what people read, from a notice alone, in each person's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from services.notify.domain.message import Language, ListingsNotice, MailText, Notice
from services.notify.domain.news import LISTINGS_DUE

FOLDER = Path(__file__).parent.parent / "templates"
_ZONES = {
    "AL": "Europe/Tirane",
    "BA": "Europe/Sarajevo",
    "BG": "Europe/Sofia",
    "ME": "Europe/Podgorica",
    "RO": "Europe/Bucharest",
    "RS": "Europe/Belgrade",
    "XK": "Europe/Belgrade",
}


@dataclass(frozen=True)
class _Words:
    subject: str
    urgency: Mapping[str, str]
    due: str
    body: str
    inbox: Mapping[str, str]
    listings: Mapping[str, str]


class Templates:
    """The texts of all languages, read once; a language or a text that is missing is a fault at start."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._words = {
            language: _Words(**yaml.safe_load((folder / f"{language.value}.yaml").read_text(encoding="utf-8")))
            for language in Language
        }

    def mail(self, notice: Notice | ListingsNotice, *, language: Language, country: str | None) -> MailText:
        """Write a mail; the time is the wall clock's in the agency's country."""
        words = self._words[language]
        if isinstance(notice, ListingsNotice):
            due = words.due.format(due=f"{notice.due:%d.%m.%Y}")
            body = words.listings["body"].format(count=notice.count, due=due, link=notice.link)
            return MailText(words.subject, body)
        due = words.due.format(due=_local(notice.due, country)) if notice.due else ""
        lines = words.body.format(
            reference=notice.reference,
            urgency=words.urgency[notice.urgency.value],
            due=due or "\0",
            link=notice.link,
        ).splitlines()
        return MailText(words.subject, "\n".join(line for line in lines if line != "\0") + "\n")

    def inbox_line(self, kind: str, reference: str | None, count: int | None = None, *, language: Language) -> str:
        """Write the one sentence of an inbox entry; without a reference it is about ``count`` listings."""
        if reference is None:
            lines = self._words[language].listings
            line = "due" if kind == LISTINGS_DUE else kind
            if count is not None and count > 1 and f"{kind}.several" in lines:
                line = f"{kind}.several"
            return lines.get(line, lines["failed"]).format(count=count)
        return self._words[language].inbox[kind].format(reference=reference)


def _local(moment: datetime, country: str | None) -> str:
    zone: tzinfo = UTC
    if country in _ZONES:
        try:
            zone = ZoneInfo(_ZONES[country])
        except ZoneInfoNotFoundError:
            zone = UTC
    local = moment.astimezone(zone)
    return f"{local:%d.%m.%Y %H:%M} {local.tzname()}"

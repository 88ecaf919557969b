"""Defines the only things a template may be given: a reference or a count, an urgency, a link and a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.notify.domain.news import Subject, Urgency

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class Language(StrEnum):
    """The languages in which messages are written."""

    ENGLISH = "en"
    ALBANIAN = "sq"
    BOSNIAN = "bs"
    BULGARIAN = "bg"
    ROMANIAN = "ro"
    SERBIAN_CYRILLIC = "sr-Cyrl"
    SERBIAN_LATIN = "sr-Latn"
    MONTENEGRIN = "cnr"

    @classmethod
    def of(cls, tag: str | None) -> Language:
        """Return the language for a tag that somebody else wrote; English where we have none."""
        known = {language.lower(): language for language in cls}
        wanted = (tag or "").replace("_", "-").lower()
        if wanted in known:
            return known[wanted]
        return {"sr": cls.SERBIAN_CYRILLIC, "hr": cls.BOSNIAN, "sr-me": cls.MONTENEGRIN}.get(
            wanted, known.get(wanted.partition("-")[0], cls.ENGLISH)
        )


@dataclass(frozen=True)
class Link:
    """The address of a referral or an enquiry in the portal; it holds no token and no more than an opaque id."""

    portal_url: str
    referral_id: str
    subject: Subject = Subject.REFERRAL

    def __post_init__(self) -> None:
        """Refuse anything but an opaque id at the end of the link."""
        if not _UUID.match(self.referral_id):
            raise ValueError("a link leads to a referral by its id")

    def __str__(self) -> str:
        page = "enquiries" if self.subject is Subject.ENQUIRY else "referrals"
        return f"{self.portal_url.rstrip('/')}/{page}/{self.referral_id}"


@dataclass(frozen=True)
class ListingsLink:
    """The address of the page where an officer confirms listings; it holds no token and changes nothing by itself."""

    portal_url: str

    def __str__(self) -> str:
        return f"{self.portal_url.rstrip('/')}/listings/confirm"


@dataclass(frozen=True)
class ListingsNotice:
    """What a message about listings to confirm says: how many, and by when the first of them."""

    count: int
    link: ListingsLink
    due: datetime


@dataclass(frozen=True)
class Notice:
    """What a message says. There is no field for a service, a person or free text, and there must not be one."""

    reference: str
    urgency: Urgency
    link: Link
    due: datetime | None


@dataclass(frozen=True)
class MailText:
    """A mail's subject and body, written from a notice."""

    subject: str
    body: str

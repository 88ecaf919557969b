"""Closing a service for a time or for good, now or on a day to come, and opening it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from services.directory.domain.errors import ContentDoesNotFit

ACTIVE = "active"
REASONS = (
    "holidays", "staff_shortage", "no_funding", "building_works", "emergency", "moved", "service_ended", "other",
)  # fmt: skip


class ClosingKind(Enum):
    """HSDS's words for a service that takes nobody."""

    TEMPORARY = "temporarily closed"
    UNTIL_FURTHER_NOTICE = "inactive"


def kind_unless_said(reason: str, reopens_at: datetime | None) -> ClosingKind:
    """Return how a service is closed where only the reason is given: what has ended does not wait to open again."""
    has_ended = reason == "service_ended" and reopens_at is None
    return ClosingKind.UNTIL_FURTHER_NOTICE if has_ended else ClosingKind.TEMPORARY


@dataclass(frozen=True, kw_only=True)
class Closing:
    """From when to when a service takes nobody, and why; without an end somebody has to open it again.

    ``notice`` is what everybody reads while it is closed, written in the listing's language; ``notice_translations``
    are the same in others, as pairs of language and text.
    """

    kind: ClosingKind
    reason: str
    closes_at: datetime
    reopens_at: datetime | None = None
    notice: str | None = None
    notice_translations: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse an end before the beginning or of what is closed until further notice, and a notice said twice."""
        if self.reopens_at is not None and self.reopens_at <= self.closes_at:
            raise ContentDoesNotFit(
                "A service opens again only after it has closed.",
                code="reopens_before_closing",
                fields=("closes_at", "reopens_at"),
            )
        if self.reopens_at is not None and self.kind is ClosingKind.UNTIL_FURTHER_NOTICE:
            raise ContentDoesNotFit(
                "What is closed until further notice has no day of opening again.",
                code="no_reopening_known",
                fields=("kind", "reopens_at"),
            )
        if self.notice_translations and self.notice is None:
            raise ContentDoesNotFit(
                "There is no notice that could be translated.",
                code="no_notice_to_translate",
                fields=("alert", "alert_translations"),
            )
        if len(dict(self.notice_translations)) < len(self.notice_translations):
            raise ContentDoesNotFit(
                "A notice has one translation for each language.",
                code="notice_translated_twice",
                fields=("alert_translations",),
            )

    def has_begun(self, now: datetime) -> bool:
        """Say whether the service is to be closed by now."""
        return self.closes_at <= now

    def has_ended(self, now: datetime) -> bool:
        """Say whether the service is to be open again by now."""
        return self.reopens_at is not None and self.reopens_at <= now

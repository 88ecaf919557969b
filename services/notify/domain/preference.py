"""Decides whether a person gets an e-mail, and in which language."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from services.notify.domain.message import Language
from services.notify.domain.news import KINDS, NewsKind, Urgency

CHOICES = (NewsKind.NEW_REFERRALS, NewsKind.ANSWERS, NewsKind.PROGRESS, NewsKind.ENDINGS)


@dataclass(frozen=True)
class Preference:
    """One person's choices; version 0 means that nothing was ever chosen."""

    account_id: str
    language: Language
    muted: frozenset[NewsKind] = field(default_factory=frozenset)
    version: int = 0

    def wants_email(self, event_type: str, urgency: Urgency) -> bool:
        """Say whether to mail; what cannot wait is mailed whatever was chosen."""
        kind = KINDS.get(event_type, NewsKind.ALWAYS)
        return urgency is not Urgency.ROUTINE or kind is NewsKind.ALWAYS or kind not in self.muted

    def changed(self, *, language: Language, muted: frozenset[NewsKind]) -> Preference:
        """Return the preference after a change."""
        return replace(self, language=language, muted=muted & frozenset(CHOICES), version=self.version + 1)

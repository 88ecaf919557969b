"""The histories of referrals: who did or read what and when, by agency, account and role, never by name."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from services.referral.adapters.tables import history
from services.referral.application.ports import HistoryEntry

_FIELDS = tuple(HistoryEntry.__dataclass_fields__)


class SqlHistory:
    """The histories in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, referral_id: str, entry: HistoryEntry) -> None:
        """Add a line."""
        values = asdict(entry) | {"detail": dict(entry.detail or {})}
        self._connection.execute(insert(history).values(referral_id=referral_id, **values))

    def of(self, referral_id: str) -> list[HistoryEntry]:
        """Return a referral's lines, the oldest first."""
        wanted = select(history).where(history.c.referral_id == referral_id).order_by(history.c.at, history.c.position)
        return [
            HistoryEntry(**{name: getattr(row, name) for name in _FIELDS}) for row in self._connection.execute(wanted)
        ]

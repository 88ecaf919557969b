"""What keeping the directory true asks of the world outside: who is to confirm what, and what was merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from services.directory.domain.merging import Merge


class DueListing(Protocol):
    """A published listing for which a reminder has fallen due."""

    @property
    def id(self) -> str:
        """The listing."""
        ...

    @property
    def confirm_by(self) -> date:
        """The day by which it is to be confirmed."""
        ...


class ConfirmationStore(Protocol):
    """Which listings wait to be confirmed, and which agencies have been reminded."""

    def agencies_to_remind(self, today: date, limit: int) -> Sequence[str]:
        """Return agencies that keep a listing with a reminder due, and were not reminded today."""
        ...

    def note_reminded(self, agency_id: str, today: date) -> bool:
        """Note that the agency is reminded today; False where it was already."""
        ...

    def take_due(self, agency_id: str, today: date) -> Sequence[DueListing]:
        """Return the agency's listings with a reminder due, the most urgent first, and count them as reminded."""
        ...

    def refresh_standing(self, today: date, limit: int) -> int:
        """Lower what has become overdue in the search index; return how many entries that were, at most ``limit``."""
        ...


class MergeStore(Protocol):
    """What was merged, and where the ids of folded records lead."""

    def add(self, merge: Merge) -> None:
        """Keep a merge with its redirects."""
        ...

    def now_at(self, record_id: str) -> str | None:
        """Return the id of the record that this one was folded into; None where it was not."""
        ...

    def leads_to(self, record_id: str) -> bool:
        """Say whether another record was folded into this one."""
        ...

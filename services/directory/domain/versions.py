"""What a change of a listing leaves behind: who did what, when and why; and what differs between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.directory.domain.listing import ListingContent


@dataclass(frozen=True, kw_only=True)
class Change:
    """Why a listing is saved. Without an agency the system itself acted; without a time it was when it last changed.

    ``is_proposal`` says that it was about the proposed content, not about the one that stands in the directory;
    ``import_id`` is the import whose file said it.
    """

    action: str
    account_id: str | None = None
    agency_id: str | None = None
    reason: str | None = None
    note: str | None = None
    is_proposal: bool = False
    import_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """One entry of a listing's history with the whole content at that time.

    ``hides_address`` says that the place is confidential now or in any version: then no version shows its address, for
    a place that was hidden has not moved.
    """

    number: int
    status: str
    content: ListingContent
    change: Change
    at: datetime
    hides_address: bool = False


@dataclass(frozen=True)
class Difference:
    """One field that two versions say differently; None is no value."""

    field: str
    old: Any
    new: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ between two contents written as plain values, in the order of their names."""
    return [
        Difference(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]

"""What has happened to a referral and who did it, as the history and the events will tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.referral.domain.deadlines import DeadlineName
from services.referral.domain.status import Status

# Nobody's action: the directory said so.
SERVICE_CLOSED = "service_closed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an agency, through an account or, where ``account_id`` is None, through its system."""

    agency_id: str
    account_id: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened; ``event`` names the event that tells others, or is None for nobody else's business."""

    action: str
    event: str | None
    source: Status
    target: Status
    actor: Actor | None
    at: datetime
    version: int
    reason_code: str | None = None
    outcome_code: str | None = None
    deadline: DeadlineName | None = None
    due_at: datetime | None = None
    service_status: str | None = None

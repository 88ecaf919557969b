"""The appointment of the child with the receiving agency, kept apart from the referral's status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AppointmentStatus(StrEnum):
    """How the appointment stands."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Appointment:
    """When the child is expected, and whether it came."""

    status: AppointmentStatus
    at: datetime | None = None

"""A delivery: one notice to one recipient by one channel, and what became of each attempt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.notify.domain.news import Urgency
from services.notify.domain.retry import Channel, next_attempt_at

TEST_EVENT_TYPE = "webhook.test.v1"


class Status(StrEnum):
    """The words of GOV.UK Notify for the life of a delivery."""

    CREATED = "created"
    SENDING = "sending"
    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    TECHNICAL_FAILURE = "technical-failure"

    @property
    def is_final(self) -> bool:
        """Say whether nothing more will happen."""
        return self in (Status.DELIVERED, Status.PERMANENT_FAILURE, Status.TECHNICAL_FAILURE)


class Reason(StrEnum):
    """Why an attempt failed; coded, never the other side's words."""

    REFUSED = "refused"
    REDIRECTED = "redirected"
    THROTTLED = "throttled"
    GONE = "gone"
    TIMEOUT = "timeout"
    CONNECTION_FAILED = "connection-failed"
    TLS_FAILED = "tls-failed"
    ADDRESS_REFUSED = "address-refused"
    RECIPIENT_GONE = "recipient-gone"
    ENDPOINT_DISABLED = "endpoint-disabled"


@dataclass(frozen=True)
class Verdict:
    """What one attempt came to."""

    accepted: bool = False
    permanent: bool = False
    reason: Reason | None = None
    response_code: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Delivery:
    """One notice on its way. `attempts` counts the present one while it is being sent."""

    id: str
    channel: Channel
    recipient_id: str
    agency_id: str
    event_id: str
    event_type: str
    referral_id: str | None
    reference: str | None
    referral_status: str | None
    urgency: Urgency
    occurred_at: datetime
    due_at: datetime | None
    created_at: datetime
    next_attempt_at: datetime | None
    listing_count: int | None = None
    status: Status = Status.CREATED
    attempts: int = 0
    claim: str | None = None

    @property
    def listing_id(self) -> None:
        """News of a single listing are told in the inbox alone."""

    @property
    def is_test(self) -> bool:
        """Say whether somebody merely tries out an endpoint."""
        return self.event_type == TEST_EVENT_TYPE

    def after(self, verdict: Verdict, *, now: datetime, jitter: float) -> Delivery:
        """Return the delivery as it stands after an attempt."""
        if verdict.accepted:
            return replace(self, status=Status.DELIVERED, next_attempt_at=None)
        if verdict.permanent:
            return replace(self, status=Status.PERMANENT_FAILURE, next_attempt_at=None)
        again = None
        if not self.is_test:
            again = next_attempt_at(
                self.channel,
                attempts=self.attempts,
                created_at=self.created_at,
                now=now,
                jitter=jitter,
                wished=verdict.retry_after,
            )
        status = Status.TEMPORARY_FAILURE if again else Status.TECHNICAL_FAILURE
        return replace(self, status=status, next_attempt_at=again)

"""When a delivery is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.domain.delivery import TEST_EVENT_TYPE, Delivery, Reason, Status, Verdict
from services.notify.domain.news import Urgency
from services.notify.domain.retry import MAIL_WINDOW, Channel

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REFUSED = Verdict(reason=Reason.REFUSED, response_code=503)


def a_delivery(channel: Channel, *, event_type: str = "referral.sent.v1", attempts: int = 1) -> Delivery:
    return Delivery(
        id="d", channel=channel, recipient_id="r", agency_id="a", event_id="e", event_type=event_type,
        referral_id="f", reference="LR-2", referral_status="sent", urgency=Urgency.ROUTINE, occurred_at=START,
        due_at=None, created_at=START, next_attempt_at=START, attempts=attempts,
    )  # fmt: skip


def spans(channel: Channel, jitter: float) -> list[timedelta]:
    """Fail for ever; return how long after the start each attempt was made."""
    made, now, attempts = [], START, 1
    while True:
        made.append(now - START)
        after = a_delivery(channel, attempts=attempts).after(REFUSED, now=now, jitter=jitter)
        if after.next_attempt_at is None:
            assert after.status is Status.TECHNICAL_FAILURE
            return made
        assert after.status is Status.TEMPORARY_FAILURE
        assert after.next_attempt_at > now
        now, attempts = after.next_attempt_at, attempts + 1


def test_a_webhook_is_tried_16_times_over_7_days() -> None:
    made = spans(Channel.WEBHOOK, 0.5)
    assert len(made) == 16
    assert timedelta(days=6, hours=23) < made[-1] < timedelta(days=7, hours=1)


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_jitter_spreads_the_attempts_without_giving_up_early(jitter: float) -> None:
    made = spans(Channel.WEBHOOK, jitter)
    assert len(made) == 16
    assert made[-1] >= timedelta(days=5.5)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_a_mail_is_tried_for_72_hours(jitter: float) -> None:
    made = spans(Channel.EMAIL, jitter)
    assert made[-1] == MAIL_WINDOW
    assert made[1] < timedelta(minutes=1)


def test_a_refusal_for_good_is_final() -> None:
    after = a_delivery(Channel.WEBHOOK).after(Verdict(permanent=True, reason=Reason.GONE), now=START, jitter=0.5)
    assert (after.status, after.next_attempt_at) == (Status.PERMANENT_FAILURE, None)


def test_a_wish_for_a_longer_pause_is_granted_up_to_a_day() -> None:
    wish = Verdict(reason=Reason.THROTTLED, retry_after=timedelta(hours=2))
    assert a_delivery(Channel.WEBHOOK).after(wish, now=START, jitter=0.5).next_attempt_at == START + timedelta(hours=2)
    greedy = Verdict(reason=Reason.THROTTLED, retry_after=timedelta(days=300))
    assert a_delivery(Channel.WEBHOOK).after(greedy, now=START, jitter=0.5).next_attempt_at == START + timedelta(days=1)


def test_a_test_delivery_is_tried_once() -> None:
    after = a_delivery(Channel.WEBHOOK, event_type=TEST_EVENT_TYPE).after(REFUSED, now=START, jitter=0.5)
    assert after.status is Status.TECHNICAL_FAILURE

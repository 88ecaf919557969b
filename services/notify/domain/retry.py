"""Says when a delivery that was not taken over is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """The ways of telling."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    INBOX = "inbox"


# 16 attempts; the pauses add up to seven days less a quarter of an hour.
WEBHOOK_PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    *(timedelta(hours=24),) * 5,
)
MAIL_WINDOW = timedelta(hours=72)
_MAIL_FIRST_PAUSE = timedelta(seconds=30)
_MAIL_LONGEST_PAUSE = timedelta(hours=4)
_LONGEST_WISH = timedelta(hours=24)
_SPREAD = 0.2


def next_attempt_at(
    channel: Channel,
    *,
    attempts: int,
    created_at: datetime,
    now: datetime,
    jitter: float,
    wished: timedelta | None = None,
) -> datetime | None:
    """Return when to try again after `attempts` tries, or None to give up.

    `jitter` between 0 and 1 spreads the retries of many deliveries over 20 % to either side: full jitter
    would shorten the promised window at random. A longer pause that the other side wished for
    (`Retry-After`) is granted up to a day.
    """
    pause = _pause(channel, attempts)
    if pause is None:
        return None
    moment = now + pause * (1 + _SPREAD * (2 * jitter - 1))
    if wished is not None:
        moment = max(moment, now + min(wished, _LONGEST_WISH))
    if channel is Channel.EMAIL and moment > created_at + MAIL_WINDOW:
        last = created_at + MAIL_WINDOW
        return last if now < last else None
    return moment


def _pause(channel: Channel, attempts: int) -> timedelta | None:
    if channel is Channel.WEBHOOK:
        return WEBHOOK_PAUSES[attempts - 1] if attempts <= len(WEBHOOK_PAUSES) else None
    return min(_MAIL_LONGEST_PAUSE, _MAIL_FIRST_PAUSE * (1 << min(attempts - 1, 12)))

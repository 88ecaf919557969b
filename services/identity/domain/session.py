"""A signed-in session: one code, then a chain of refresh tokens each used once, until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CODE_LIFETIME = timedelta(seconds=60)
SESSION_LIFETIME = timedelta(hours=12)
IDLE_LIFETIME = timedelta(hours=2)
# Two pages opened at once refresh with the same token; a thief who comes later is told from them by time.
REUSE_GRACE = timedelta(seconds=10)
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)


class Verdict(StrEnum):
    """What to do with a code or refresh token that was presented."""

    GOOD = "good"
    STALE = "stale"
    REUSED = "reused"


@dataclass(frozen=True)
class Session:
    """One person signed in through one client."""

    id: str
    account_id: str
    client_id: str
    scope: str
    signed_in_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Code:
    """An authorization code with what it was issued for."""

    code_hash: str
    session: Session
    redirect_uri: str
    code_challenge: str
    nonce: str | None
    expires_at: datetime
    used_at: datetime | None = None

    def judge(self, now: datetime) -> Verdict:
        """Judge the code at its presentation: it is good once, for a minute."""
        if self.used_at is not None:
            return Verdict.REUSED
        if now >= self.expires_at or self.session.ended_at is not None:
            return Verdict.STALE
        return Verdict.GOOD


@dataclass(frozen=True)
class RefreshToken:
    """One link of a session's chain."""

    token_hash: str
    session: Session
    expires_at: datetime
    used_at: datetime | None = None

    def judge(self, now: datetime) -> Verdict:
        """Judge the token at its presentation; one used longer ago than the grace is in the wrong hands."""
        if self.session.ended_at is not None or now >= min(self.expires_at, self.session.expires_at):
            return Verdict.STALE
        if self.used_at is not None and now - self.used_at > REUSE_GRACE:
            return Verdict.REUSED
        return Verdict.GOOD

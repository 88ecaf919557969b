"""Opens a session with a code, turns the code into refresh tokens once each, and ends it when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.ids import new_id
from services.identity.application.ports import UnitOfWork
from services.identity.domain.access import cut, scopes_of
from services.identity.domain.account import Account
from services.identity.domain.client import hash_secret
from services.identity.domain.session import (
    CODE_LIFETIME,
    IDLE_LIFETIME,
    SESSION_LIFETIME,
    Code,
    RefreshToken,
    Session,
    Verdict,
)


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """What a person has agreed to by signing in."""

    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    nonce: str | None


def open_session(uow: UnitOfWork, account: Account, wanted: Authorization, *, code: str, clock: Clock) -> None:
    """Open a session and store its code's hash; the scope is cut to the person's roles. The caller commits."""
    now = clock.now()
    session = Session(
        id=new_id(),
        account_id=account.id,
        client_id=wanted.client_id,
        scope=cut(wanted.scope, scopes_of(account.roles)) or "",
        signed_in_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    uow.sessions.open(
        session,
        Code(
            code_hash=hash_secret(code),
            session=session,
            redirect_uri=wanted.redirect_uri,
            code_challenge=wanted.code_challenge,
            nonce=wanted.nonce,
            expires_at=now + CODE_LIFETIME,
        ),
    )


def take_code(uow: UnitOfWork, code: str, *, client_id: str, clock: Clock) -> Code | None:
    """Use up a code and return it if it was good; one used before, or by another client, ends its session.

    Whatever the answer, the caller commits: the code is burnt by being presented.
    """
    now = clock.now()
    found = uow.sessions.find_code(hash_secret(code))
    if found is None:
        return None
    verdict = found.judge(now)
    uow.sessions.mark_code_used(found.code_hash, now)
    if verdict is Verdict.GOOD and found.session.client_id == client_id:
        return found
    _end_in_alarm(uow, found.session, "code reused" if verdict is Verdict.REUSED else "code misused", clock=clock)
    return None


def take_refresh_token(uow: UnitOfWork, token: str, *, clock: Clock) -> RefreshToken | None:
    """Return a refresh token that may be exchanged; one that was used before ends its session.

    Whatever the answer, the caller commits.
    """
    found = uow.sessions.find_refresh_token(hash_secret(token))
    if found is None:
        return None
    verdict = found.judge(clock.now())
    if verdict is Verdict.REUSED:
        _end_in_alarm(uow, found.session, "refresh token reused", clock=clock)
    return found if verdict is Verdict.GOOD else None


def add_refresh_token(uow: UnitOfWork, session: Session, token: str, *, clock: Clock) -> None:
    """Add the next link to a session's chain."""
    expires_at = min(clock.now() + IDLE_LIFETIME, session.expires_at)
    uow.sessions.add_refresh_token(RefreshToken(hash_secret(token), session, expires_at))


def end_session(uow: UnitOfWork, token: str, *, client_id: str, clock: Clock) -> None:
    """End the session of a refresh token on the client's wish; unknown tokens and those of others change nothing."""
    found = uow.sessions.find_refresh_token(hash_secret(token))
    if found is not None and found.session.client_id == client_id and found.session.ended_at is None:
        uow.sessions.end(found.session.id, clock.now(), "signed out")


def scope_now(session: Session, account: Account) -> str:
    """Return what is left of a session's scope under the person's present roles."""
    return cut(session.scope, scopes_of(account.roles)) or ""


def _end_in_alarm(uow: UnitOfWork, session: Session, reason: str, *, clock: Clock) -> None:
    uow.sessions.end(session.id, clock.now(), reason)
    uow.record_act(actor=None, action="end_session", object_type="session", object_id=session.id, decision="refused")

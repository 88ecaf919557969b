"""Stores sessions with their codes and refresh tokens, and the counted tries to sign in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.identity.adapters.tables import authorization_code, refresh_token, session, sign_in_throttle
from services.identity.domain.session import Code, RefreshToken, Session
from services.identity.domain.throttle import WINDOW, Throttle

# An ended session is kept for a week, so that a token used again is still known as reused.
_KEPT_AFTER_END = timedelta(days=7)


class SqlSessions:
    """Sessions, codes and refresh tokens; finding one locks its session until the transaction ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, opened: Session, code: Code) -> None:
        """Store a new session with its code."""
        self._connection.execute(
            session.insert().values(
                id=opened.id,
                account_id=opened.account_id,
                client_id=opened.client_id,
                scope=opened.scope,
                signed_in_at=opened.signed_in_at,
                expires_at=opened.expires_at,
            )
        )
        self._connection.execute(
            authorization_code.insert().values(
                code_hash=code.code_hash,
                session_id=opened.id,
                redirect_uri=code.redirect_uri,
                code_challenge=code.code_challenge,
                nonce=code.nonce,
                expires_at=code.expires_at,
            )
        )

    def find_code(self, code_hash: str) -> Code | None:
        """Return a code with its session or None."""
        found = self._locked(authorization_code, authorization_code.c.code_hash == code_hash)
        if found is None:
            return None
        row, owner = found
        return Code(
            code_hash=row["code_hash"],
            session=owner,
            redirect_uri=row["redirect_uri"],
            code_challenge=row["code_challenge"],
            nonce=row["nonce"],
            expires_at=row["expires_at"],
            used_at=row["used_at"],
        )

    def mark_code_used(self, code_hash: str, now: datetime) -> None:
        """Note the first use of a code; later ones change nothing."""
        self._mark_used(authorization_code, authorization_code.c.code_hash == code_hash, now)

    def add_refresh_token(self, token: RefreshToken) -> None:
        """Store a new refresh token."""
        self._connection.execute(
            refresh_token.insert().values(
                token_hash=token.token_hash, session_id=token.session.id, expires_at=token.expires_at
            )
        )

    def find_refresh_token(self, token_hash: str) -> RefreshToken | None:
        """Return a refresh token with its session or None."""
        found = self._locked(refresh_token, refresh_token.c.token_hash == token_hash)
        if found is None:
            return None
        row, owner = found
        return RefreshToken(row["token_hash"], owner, row["expires_at"], row["used_at"])

    def mark_refresh_token_used(self, token_hash: str, now: datetime) -> None:
        """Note the first use of a refresh token; later ones change nothing."""
        self._mark_used(refresh_token, refresh_token.c.token_hash == token_hash, now)

    def end(self, session_id: str, now: datetime, reason: str) -> None:
        """End a session; one that ended before keeps its time and reason."""
        self._end(session.c.id == session_id, now, reason)

    def end_all_of(self, account_id: str, now: datetime, reason: str) -> None:
        """End every session of an account."""
        self._end(session.c.account_id == account_id, now, reason)

    def _end(self, condition: Any, now: datetime, reason: str) -> None:
        self._connection.execute(
            update(session).where(condition, session.c.ended_at.is_(None)).values(ended_at=now, end_reason=reason)
        )

    def _mark_used(self, table: Any, condition: Any, now: datetime) -> None:
        self._connection.execute(update(table).where(condition, table.c.used_at.is_(None)).values(used_at=now))

    def _locked(self, table: Any, condition: Any) -> tuple[RowMapping, Session] | None:
        """Lock the session first and read the row after, so that two who hold the same token come one by one."""
        session_id = self._connection.execute(select(table.c.session_id).where(condition)).scalar()
        if session_id is None:
            return None
        owner = (
            self._connection.execute(select(session).where(session.c.id == session_id).with_for_update())
            .mappings()
            .one()
        )
        row = self._connection.execute(select(table).where(condition)).mappings().one()
        return row, Session(**{name: value for name, value in owner.items() if name != "end_reason"})


class SqlThrottles:
    """The counted tries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def locked(self, key: str, limit: int, now: datetime) -> Throttle:
        """Return the state of a key, new if need be, and hold it until the transaction ends."""
        self._connection.execute(
            insert(sign_in_throttle).values(key=key, tries=0, opened_at=now).on_conflict_do_nothing()
        )
        row = self._connection.execute(
            select(sign_in_throttle).where(sign_in_throttle.c.key == key).with_for_update()
        ).one()
        return Throttle(key, limit, row.tries, row.opened_at)

    def put(self, throttle: Throttle) -> None:
        """Store the state of a key that is held."""
        self._connection.execute(
            update(sign_in_throttle)
            .where(sign_in_throttle.c.key == throttle.key)
            .values(tries=throttle.tries, opened_at=throttle.opened_at)
        )

    def reset(self, key: str) -> None:
        """Forget every try of a key."""
        self._connection.execute(delete(sign_in_throttle).where(sign_in_throttle.c.key == key))

    def give_back(self, key: str) -> None:
        """Take one try of a key back."""
        self._connection.execute(
            update(sign_in_throttle)
            .where(sign_in_throttle.c.key == key, sign_in_throttle.c.tries > 0)
            .values(tries=sign_in_throttle.c.tries - 1)
        )


def forget_old(connection: Connection, now: datetime) -> int:
    """Delete sessions that ended a week ago, with their tokens, and tries of past windows; return how many sessions."""
    connection.execute(delete(sign_in_throttle).where(sign_in_throttle.c.opened_at < now - WINDOW))
    done = connection.execute(delete(session).where(session.c.expires_at < now - _KEPT_AFTER_END))
    return int(done.rowcount)

"""Makes a repeated POST safe: the same key and body from the same caller get the same answer, once executed."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.auth import current_principal
from chassis.clock import Clock
from chassis.connexion_app import container
from chassis.idempotency_table import idempotency_key as _table
from chassis.problems import (
    CONFLICT,
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_REUSED,
    MALFORMED_REQUEST,
    Problem,
)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=24)
_WELL_FORMED = re.compile(r"[\x21-\x7e]{8,128}\Z")
_REPLAYED_HEADERS = ("Content-Type", "ETag", "Location")


def idempotent(
    *, operation: str, fingerprint: Callable[[], str] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a handler so that its ``Idempotency-Key`` is demanded and honoured for 24 hours.

    The service's container must have ``engine`` and ``clock``. Only answers below 500 are kept; an answer
    must not hold personal data, since it is stored as it is. A key in use by a running request answers 409, a key
    used for another body 422, a request without one 400. Where the body is no JSON, ``fingerprint`` returns what
    tells it from others.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            attempt = _Attempt(container().engine, container().clock, operation, fingerprint or _fingerprint_of_request)
            return attempt.run(lambda: handler(*args, **kwargs))

        return wrapped

    return decorate


def forget_expired(engine: Engine, clock: Clock) -> int:
    """Delete keys older than 24 hours and return how many there were."""
    with engine.begin() as connection:
        done = connection.execute(delete(_table).where(_table.c.created_at < clock.now() - KEPT_FOR))
        return int(done.rowcount)


class _Attempt:
    """One request with its key."""

    def __init__(self, engine: Engine, clock: Clock, operation: str, fingerprint: Callable[[], str]) -> None:
        self._engine = engine
        self._clock = clock
        self._operation = operation
        principal = current_principal()
        # With the agency: an account that has moved to another one has no claim to its earlier answers. Hashed, so
        # that issuers' names of any length fit.
        who = "\0".join((principal.client_id, principal.agency_id, principal.subject))
        self._caller = hashlib.sha256(who.encode()).hexdigest()
        self._key = _key_of_request()
        self._fingerprint = fingerprint()

    def run(self, work: Callable[[], Any]) -> flask.Response:
        """Run the work unless this key has an answer already."""
        with self._engine.connect() as connection:
            # Held for as long as the work runs, and let go by the server should this process die.
            lock = {
                "lock": int.from_bytes(
                    hashlib.sha256("\0".join(self._identity()).encode()).digest()[:8], "big", signed=True
                )
            }
            if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), lock).scalar():
                raise Problem(CONFLICT, "A request with this Idempotency-Key is being worked on; wait and repeat.")
            try:
                stored = connection.execute(select(_table).where(*self._matches())).mappings().first()
                connection.rollback()
                if stored is not None and stored["created_at"] >= self._clock.now() - KEPT_FOR:
                    return self._replay(stored)
                response = flask.make_response(work())
                self._keep(response)
                return response
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)
                connection.commit()

    def _identity(self) -> tuple[str, str, str]:
        return self._caller, self._operation, self._key

    def _matches(self) -> list[Any]:
        return [
            _table.c.caller == self._caller,
            _table.c.operation == self._operation,
            _table.c.key == self._key,
        ]

    def _replay(self, stored: Any) -> flask.Response:
        if stored["fingerprint"] != self._fingerprint:
            raise Problem(IDEMPOTENCY_KEY_REUSED, "Use a new key for a new request, or repeat the first one unchanged.")
        response = flask.Response(stored["body"], status=stored["status"], headers=stored["headers"])
        response.headers[REPLAYED] = "true"
        return response

    def _keep(self, response: flask.Response) -> None:
        if response.status_code >= 500:
            return
        values = {
            "fingerprint": self._fingerprint,
            "created_at": self._clock.now(),
            "status": response.status_code,
            "headers": {name: response.headers[name] for name in _REPLAYED_HEADERS if name in response.headers},
            "body": response.get_data(),
        }
        statement = insert(_table).values(caller=self._caller, operation=self._operation, key=self._key, **values)
        with self._engine.begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["caller", "operation", "key"], set_=values)
            )


def _key_of_request() -> str:
    key = flask.request.headers.get(HEADER, "").strip().strip('"')
    if not key:
        raise Problem(IDEMPOTENCY_KEY_MISSING, "Send a fresh random value, such as a UUID, and repeat it on retries.")
    if not _WELL_FORMED.match(key):
        raise Problem(MALFORMED_REQUEST, "Idempotency-Key takes 8 to 128 visible ASCII characters.")
    return key


def _fingerprint_of_request() -> str:
    body = flask.request.get_json(silent=True)
    seen = [flask.request.method, flask.request.path, body]
    return hashlib.sha256(json.dumps(seen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

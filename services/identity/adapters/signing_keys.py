"""Keeps the issuer's signing keys: encrypted at rest, one signing, one announced as the next, retired ones a while."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import Connection, Engine, RowMapping, delete, or_, select, text, update

from chassis.clock import Clock
from chassis.encryption import KeyRing, WrappedKey, decrypt, encrypt, new_data_key
from chassis.ids import new_id
from services.identity.adapters.tables import signing_key

ALGORITHM = "ES256"
# Long enough for every token the key has signed to end, and for every cache of the key set to be read anew.
_ANNOUNCED_AFTER_RETIREMENT = timedelta(hours=1)
_CACHE_SECONDS = 30.0
_ROTATION_LOCK = 7_141_002


@dataclass(frozen=True)
class _Cached:
    key: ECKey
    public: dict[str, Any]
    read_at: float


class SigningKeys:
    """The keys of one issuer; safe to use from many threads and processes."""

    def __init__(self, engine: Engine, ring: KeyRing, clock: Clock) -> None:
        self._engine = engine
        self._ring = ring
        self._clock = clock
        self._cached: _Cached | None = None

    def current(self) -> ECKey:
        """Return the key that signs."""
        return self._fresh().key

    def public_set(self) -> dict[str, Any]:
        """Return the key set to publish (RFC 7517): current, next and lately retired keys."""
        return self._fresh().public

    def ensure(self) -> None:
        """Make the first keys where there are none yet."""
        with self._engine.begin() as connection:
            self._lock(connection)
            states = set(connection.execute(select(signing_key.c.state)).scalars())
            for state in ("current", "next"):
                if state not in states:
                    self._add(connection, state)

    def rotate(self) -> str:
        """Let the next key sign from now on and announce a new next one; return the id of the key that signs."""
        self.ensure()
        with self._engine.begin() as connection:
            self._lock(connection)
            now = self._clock.now()
            self._move(connection, "current", "retired", retired_at=now)
            self._move(connection, "next", "current")
            self._add(connection, "next")
            connection.execute(delete(signing_key).where(signing_key.c.retired_at < now - _ANNOUNCED_AFTER_RETIREMENT))
            current: str = connection.execute(
                select(signing_key.c.id).where(signing_key.c.state == "current")
            ).scalar_one()
        self._cached = None
        return current

    def _fresh(self) -> _Cached:
        cached = self._cached
        if cached is None or time.monotonic() - cached.read_at > _CACHE_SECONDS:
            cached = self._cached = self._read()
        return cached

    def _read(self) -> _Cached:
        horizon = self._clock.now() - _ANNOUNCED_AFTER_RETIREMENT
        with self._engine.connect() as connection:
            rows = (
                connection.execute(
                    select(signing_key)
                    .where(or_(signing_key.c.retired_at.is_(None), signing_key.c.retired_at >= horizon))
                    .order_by(signing_key.c.id)
                )
                .mappings()
                .all()
            )
        current = [row for row in rows if row["state"] == "current"]
        if not current:
            self.ensure()
            return self._read()
        public = {"keys": [row["public_key"] for row in rows]}
        return _Cached(self._private(current[0]), public, time.monotonic())

    def _private(self, row: RowMapping) -> ECKey:
        place = _place(row["id"])
        data_key = self._ring.unwrap(WrappedKey(row["wrapping_key_id"], row["wrapped_key"]), place)
        return ECKey.import_key(json.loads(decrypt(data_key, row["private_key"], place)))

    def _add(self, connection: Connection, state: str) -> None:
        key_id = new_id()
        key = ECKey.generate_key("P-256", {"kid": key_id, "alg": ALGORITHM, "use": "sig"})
        data_key, place = new_data_key(), _place(key_id)
        wrapped = self._ring.wrap(data_key, place)
        connection.execute(
            signing_key.insert().values(
                id=key_id,
                state=state,
                public_key=key.as_dict(private=False),
                wrapping_key_id=wrapped.key_id,
                wrapped_key=wrapped.ciphertext,
                private_key=encrypt(data_key, json.dumps(key.as_dict(private=True)).encode(), place),
                created_at=self._clock.now(),
            )
        )

    def _move(self, connection: Connection, before: str, after: str, **values: Any) -> None:
        connection.execute(update(signing_key).where(signing_key.c.state == before).values(state=after, **values))

    def _lock(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ROTATION_LOCK})


def _place(key_id: str) -> bytes:
    return f"signing_key/{key_id}".encode()

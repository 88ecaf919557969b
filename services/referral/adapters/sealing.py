"""Seals the parts of a referral: each encrypted for its own place with a data key that only this referral has."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.encryption import KeyRing, WrappedKey, decrypt, encrypt, new_data_key
from services.referral.adapters.tables import data_key, sealed_part
from services.referral.domain.errors import KeyErased

Part = Mapping[str, Any]


class SealedParts:
    """The encrypted parts of referrals. A part belongs to its referral and name: moved elsewhere it cannot be read."""

    def __init__(self, connection: Connection, key_ring: KeyRing) -> None:
        self._connection = connection
        self._key_ring = key_ring

    def write(self, referral_id: str, parts: Mapping[str, Part | None]) -> None:
        """Seal these parts in place of what they held; None removes a part, other parts stay untouched."""
        version, key = self._key_for_writing(referral_id)
        for name, content in parts.items():
            if content is None:
                place = (sealed_part.c.referral_id == referral_id, sealed_part.c.part == name)
                self._connection.execute(delete(sealed_part).where(*place))
                continue
            plaintext = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            sealed = {"key_version": version, "ciphertext": encrypt(key, plaintext, _place(referral_id, name, version))}
            self._connection.execute(
                insert(sealed_part)
                .values(referral_id=referral_id, part=name, **sealed)
                .on_conflict_do_update(index_elements=["referral_id", "part"], set_=sealed)
            )

    def read(self, referral_id: str, names: Collection[str]) -> dict[str, Part]:
        """Open the named parts that exist; raises DecryptionRefused for a part that was moved or altered."""
        if not names:
            return {}
        return self.read_many([referral_id], names).get(referral_id, {})

    def read_many(self, referral_ids: Collection[str], names: Iterable[str]) -> dict[str, dict[str, Part]]:
        """Open the named parts of several referrals; one whose key was erased is left out."""
        opened: dict[str, dict[str, Part]] = {}
        keys: dict[tuple[str, int], bytes] = {}
        rows = self._connection.execute(
            select(sealed_part, data_key.c.wrapped_by, data_key.c.wrapped_key)
            .join(data_key, data_key.c.referral_id == sealed_part.c.referral_id)
            .where(sealed_part.c.referral_id.in_(list(referral_ids)), sealed_part.c.part.in_(list(names)))
        )
        for row in rows:
            owner = (row.referral_id, row.key_version)
            if owner not in keys:
                wrapped = WrappedKey(row.wrapped_by, row.wrapped_key)
                keys[owner] = self._key_ring.unwrap(wrapped, _key_place(*owner))
            plaintext = decrypt(keys[owner], row.ciphertext, _place(row.referral_id, row.part, row.key_version))
            opened.setdefault(row.referral_id, {})[row.part] = json.loads(plaintext)
        return opened

    def erase(self, referral_id: str) -> None:
        """Destroy the key and what it protects; in any copy of the database the parts stay unreadable for ever."""
        self._connection.execute(delete(sealed_part).where(sealed_part.c.referral_id == referral_id))
        self._connection.execute(delete(data_key).where(data_key.c.referral_id == referral_id))

    def rewrap(self, *, batch_size: int = 500) -> int:
        """Wrap the next keys that an older key wrapped with the current one; return how many there were."""
        rows = self._connection.execute(
            select(data_key)
            .where(data_key.c.wrapped_by != self._key_ring.current)
            .limit(batch_size)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            place = _key_place(row.referral_id, row.key_version)
            key = self._key_ring.unwrap(WrappedKey(row.wrapped_by, row.wrapped_key), place)
            wrapped = self._key_ring.wrap(key, place)
            self._connection.execute(
                update(data_key)
                .where(data_key.c.referral_id == row.referral_id)
                .values(wrapped_by=wrapped.key_id, wrapped_key=wrapped.ciphertext)
            )
        return len(rows)

    def create_key(self, referral_id: str) -> None:
        """Give a new referral its key."""
        wrapped = self._key_ring.wrap(new_data_key(), _key_place(referral_id, 1))
        self._connection.execute(
            insert(data_key).values(
                referral_id=referral_id, key_version=1, wrapped_by=wrapped.key_id, wrapped_key=wrapped.ciphertext
            )
        )

    def _key_for_writing(self, referral_id: str) -> tuple[int, bytes]:
        row = self._connection.execute(select(data_key).where(data_key.c.referral_id == referral_id)).one_or_none()
        if row is None:
            raise KeyErased
        wrapped = WrappedKey(row.wrapped_by, row.wrapped_key)
        return row.key_version, self._key_ring.unwrap(wrapped, _key_place(referral_id, row.key_version))


def _place(referral_id: str, part: str, key_version: int) -> bytes:
    return f"sealed_part|{referral_id}|{part}|{key_version}".encode()


def _key_place(referral_id: str, key_version: int) -> bytes:
    return f"data_key|{referral_id}|{key_version}".encode()

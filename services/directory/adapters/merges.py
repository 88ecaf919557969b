"""Keeps what was merged, and where the ids of what was folded lead now."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, insert, select, update

from services.directory.adapters.changes import note_merged
from services.directory.adapters.duplicates_tables import merge, redirect
from services.directory.domain.merging import Merge

# A public id that a listing's id gives rise to, by what it is called in addresses.
_DERIVED = {"service": None, "service_at_location": "service_at_location"}


class SqlMergeStore:
    """Merges and redirects in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, done: Merge) -> None:
        """Keep a merge, and send whoever asks for the folded record to the kept one from now on."""
        self._connection.execute(insert(merge).values(**{**asdict(done), "fields": dict(done.fields)}))
        if done.kind == "organization":
            self._lead("organization", done.folded_id, done.kept_id)
            return
        for kind, part in _DERIVED.items():
            self._lead(kind, _public_id(done.folded_id, part), _public_id(done.kept_id, part))

    def _lead(self, kind: str, old_id: str, new_id: str) -> None:
        """Let the old id lead to the new one, and with it all that led to the old one: no redirect needs a second."""
        self._connection.execute(update(redirect).where(redirect.c.new_id == old_id).values(new_id=new_id))
        self._connection.execute(insert(redirect).values(old_id=old_id, new_id=new_id, kind=kind))
        note_merged(self._connection, kind, old_id, replaced_by=new_id)

    def now_at(self, record_id: str) -> str | None:
        """Return the id of the record that this one was folded into; None where it was not."""
        return led_to(self._connection, record_id)

    def leads_to(self, record_id: str) -> bool:
        """Say whether another record was folded into this one."""
        found = select(redirect.c.old_id).where(redirect.c.new_id == record_id).limit(1)
        return self._connection.execute(found).first() is not None


def led_to(connection: Connection, old_id: str) -> str | None:
    """Return the id that an old public id leads to; None for every other."""
    return connection.scalar(select(redirect.c.new_id).where(redirect.c.old_id == old_id))


def is_folded(record_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a record was folded into another one."""
    return select(redirect.c.old_id).where(redirect.c.old_id == record_id).exists()


def _public_id(listing_id: str, part: str | None) -> str:
    return listing_id if part is None else str(uuid.uuid5(uuid.UUID(listing_id), part))

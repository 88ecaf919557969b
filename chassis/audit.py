"""The append-only, hash-chained record of who read or changed what, and for which purpose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, DateTime, MetaData, String, Table, Text, select, text

from chassis.clock import to_rfc3339
from chassis.correlation import current_correlation_id
from chassis.principal import Principal

_GENESIS = "0" * 64
_CHAINED = (
    "occurred_at", "subject", "agency_id", "client_id", "action", "object_type", "object_id", "purpose", "decision",
    "correlation_id",
)  # fmt: skip
# Any number will do, so long as nothing else in a service's database locks it.
_CHAIN_LOCK = 7_141_001


class AuditBroken(Exception):
    """The chain does not hold: a record was altered, removed or slipped in at the named number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the audit chain breaks at record {number}")
        self.number = number


def audit_table(metadata: MetaData) -> Table:
    """Add the audit record to a service's metadata."""
    return Table(
        "audit_record",
        metadata,
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("subject", String(80), nullable=False),
        Column("agency_id", String(80)),
        Column("client_id", String(80)),
        Column("action", String(80), nullable=False),
        Column("object_type", String(80), nullable=False),
        Column("object_id", String(80), nullable=False),
        Column("purpose", Text),
        Column("decision", String(16), nullable=False),
        Column("correlation_id", String(64)),
        Column("previous_hash", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
    )


_table = audit_table(MetaData())


def append(
    connection: Connection,
    *,
    principal: Principal | None,
    action: str,
    object_type: str,
    object_id: str,
    occurred_at: datetime,
    purpose: str | None = None,
    decision: str = "allowed",
) -> None:
    """Add one record in the caller's transaction; ``principal`` None means the system itself acted.

    Appends wait for each other until commit, so do this last in a transaction. ``purpose`` is a coded
    word, never free text about a person.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    last = connection.execute(select(_table.c.number, _table.c.hash).order_by(_table.c.number.desc()).limit(1)).first()
    record = {
        "number": (last.number if last else 0) + 1,
        "occurred_at": occurred_at,
        "subject": principal.subject if principal else "system",
        "agency_id": principal.agency_id if principal else None,
        "client_id": principal.client_id if principal else None,
        "action": action,
        "object_type": object_type,
        "object_id": object_id,
        "purpose": purpose,
        "decision": decision,
        "correlation_id": current_correlation_id(),
    }
    previous = last.hash if last else _GENESIS
    connection.execute(_table.insert().values(**record, previous_hash=previous, hash=_hash(record, previous)))


def verify(connection: Connection) -> int:
    """Check the whole chain and return the number of records; raises :class:`AuditBroken` at the first fault.

    A tail that was cut off can only be seen by comparing the returned number with one noted elsewhere.
    """
    previous, expected = _GENESIS, 1
    query = select(_table).order_by(_table.c.number)
    rows = connection.execute(query, execution_options={"yield_per": 1000})
    for row in rows.mappings():
        if row["number"] != expected or row["previous_hash"] != previous or row["hash"] != _hash(row, previous):
            raise AuditBroken(expected)
        previous, expected = row["hash"], expected + 1
    return expected - 1


def _hash(record: Mapping[Any, Any], previous: str) -> str:
    chained = {name: record[name] for name in _CHAINED}
    chained["occurred_at"] = to_rfc3339(chained["occurred_at"])
    chained["number"] = record["number"]
    canonical = json.dumps(chained, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256((previous + canonical).encode()).hexdigest()

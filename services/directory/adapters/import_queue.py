"""Says which imports are next, and gives each to one process at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, text, tuple_

from services.directory.adapters.import_tables import import_job
from services.directory.domain.imports import State

_IS_AT_WORK = (State.WAITING, State.RUNNING)


def waiting(connection: Connection, *, most_bytes: int | None = None) -> Sequence[str]:
    """Return the ids of imports with something to do, of files up to that size.

    Agencies take turns. Of each it is the oldest, because what a later file says must be said last.
    """
    others = import_job.alias()
    served_at = select(func.max(others.c.started_at)).where(others.c.agency_id == import_job.c.agency_id)
    turn = served_at.scalar_subquery().asc().nulls_first()
    older = select(others.c.id).where(
        others.c.agency_id == import_job.c.agency_id,
        others.c.state.in_(_IS_AT_WORK),
        tuple_(others.c.created_at, others.c.id) < tuple_(import_job.c.created_at, import_job.c.id),
    )
    wanted = select(import_job.c.id).where(import_job.c.state.in_(_IS_AT_WORK), ~older.exists())
    if most_bytes is not None:
        wanted = wanted.where(import_job.c.size <= most_bytes)
    return list(connection.scalars(wanted.order_by(turn, import_job.c.created_at)))


def hold(connection: Connection, import_id: str) -> bool:
    """Take an import for this connection until it is closed; False where another process works on it."""
    lock = text("SELECT pg_try_advisory_lock(hashtextextended(:id, 7240114))")
    return bool(connection.execute(lock, {"id": import_id}).scalar())

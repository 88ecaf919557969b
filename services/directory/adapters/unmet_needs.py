"""Finds out which needs no service meets, counts them, and reads the counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters.match_query import is_met
from services.directory.adapters.matching_tables import unmet_need, unmet_need_heard
from services.directory.adapters.sql import execute, sql
from services.directory.domain.need import Need
from services.directory.domain.unmet_need import HEARD_FOR, Counted, UnmetNeed

_HEARD = "SELECT digest FROM unmet_need_heard WHERE digest = ANY(%(digests)s::text[]) AND heard_at > %(since)s"


class SqlUnmetNeedStore:
    """Counts in PostgreSQL; who asked leaves only a digest, for an hour."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heard(self, digests: Collection[str], at: datetime) -> set[str]:
        """Return which of these needs were counted within the hour."""
        found = execute(self._connection, sql(_HEARD, digests=list(digests), since=at - HEARD_FOR))
        return {row[0] for row in found}

    def is_met(self, need: Need, agency_id: str, at: datetime) -> bool:
        """Say whether one service at least fits, among those the agency may know of."""
        return is_met(self._connection, need, agency_id=agency_id, now=at)

    def hear(self, digest: str, at: datetime) -> bool:
        """Note that this need was counted; False where it was within the hour."""
        statement = insert(unmet_need_heard).values(digest=digest, heard_at=at)
        anew = statement.on_conflict_do_update(
            index_elements=["digest"], set_={"heard_at": at}, where=unmet_need_heard.c.heard_at <= at - HEARD_FOR
        )
        return self._connection.execute(anew.returning(unmet_need_heard.c.digest)).first() is not None

    def count(self, need: UnmetNeed) -> None:
        """Count one more."""
        key = {
            "month": need.month,
            "municipality_code": need.municipality,
            "term": need.term,
            "age_band": need.age_band,
        }
        statement = insert(unmet_need).values(**key, count=1)
        more = statement.on_conflict_do_update(index_elements=list(key), set_={"count": unmet_need.c.count + 1})
        self._connection.execute(more)

    def forget_heard(self, at: datetime) -> None:
        """Forget who was heard more than an hour ago."""
        self._connection.execute(delete(unmet_need_heard).where(unmet_need_heard.c.heard_at <= at - HEARD_FOR))


def unmet_counts(connection: Connection, *, country: str, month: date, by: str) -> Sequence[Counted]:
    """Return the counts of a country and month by term and by place or age band; they are not yet fit to be shown."""
    row = unmet_need.c.municipality_code if by == "municipality" else unmet_need.c.age_band
    statement = (
        select(row, unmet_need.c.term, func.sum(unmet_need.c.count))
        .where(unmet_need.c.month == month, func.left(unmet_need.c.municipality_code, 2) == country)
        .group_by(row, unmet_need.c.term)
        .order_by(row, unmet_need.c.term)
    )
    return [Counted(row=found[0], term=found[1], count=int(found[2])) for found in connection.execute(statement)]

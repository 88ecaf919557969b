"""The feed of changes in what the public sees, withdrawals included.

Numbers are given to changes only once they are seen to be committed, in one order for all readers. A change that
commits late gets a late number: who asks for what came after a number misses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from services.directory.adapters.bulk_rows import as_array
from services.directory.adapters.document_tables import (
    public_change,
    published_document,
    published_organization,
    published_place,
)

# One reader at a time gives numbers.
_NUMBERING = 7_240_113
# When the record says that it was changed. What has not changed itself since it was told of, but its organization, is
# told of as changed now.
_CHANGED_AT = {
    "service": "SELECT last_modified FROM listing WHERE listing.id = noted.id",
    "service_at_location": (
        "SELECT max(listing.last_modified) FROM published_place JOIN listing ON listing.id = listing_id"
        " WHERE published_place.id = noted.id"
    ),
    "organization": "SELECT last_modified FROM published_organization WHERE organization_id = noted.id",
}
_TOLD_OF_AT = "SELECT max(last_modified) FROM public_change AS earlier WHERE earlier.id = noted.id"
_NOTE = {
    kind: text(
        "INSERT INTO public_change (kind, id, change, last_modified) SELECT :kind, id, change,"  # noqa: S608 - all ours
        " CASE WHEN change <> 'withdrawn' AND changed.at > coalesce(told.at, '-infinity') THEN changed.at"
        " ELSE now() END"
        " FROM unnest(CAST(:ids AS uuid[]), CAST(:changes AS text[])) WITH ORDINALITY AS noted (id, change, number),"
        f" LATERAL (SELECT ({changed_at})) AS changed (at), LATERAL ({_TOLD_OF_AT}) AS told (at) ORDER BY number"
    )
    for kind, changed_at in _CHANGED_AT.items()
}
# The ids that the public may know of, by kind.
_PUBLIC_IDS = {
    "service": published_document.c.listing_id,
    "service_at_location": published_place.c.id,
    "organization": published_organization.c.organization_id,
}


def note_changes(
    connection: Connection, kind: str, *, before: Collection[str], written: Collection[str], gone: Collection[str]
) -> None:
    """Note what was written anew, changed or taken away, in the transaction that did it."""
    changes = [(id_, "changed" if id_ in before else "published") for id_ in sorted(written)]
    changes += [(id_, "withdrawn") for id_ in sorted(gone)]
    if changes:
        ids, told = zip(*changes, strict=True)
        connection.execute(_NOTE[kind], {"kind": kind, "ids": as_array(ids), "changes": as_array(told)})


def note_merged(connection: Connection, kind: str, merged_id: str, *, replaced_by: str) -> None:
    """Note that a record was merged into another; call it after what the merge changed was published.

    Told only where the public has heard of the one and may know of the other.
    """
    heard_of = select(public_change.c.id).where(public_change.c.kind == kind, public_change.c.id == merged_id)
    may_be_known = select(_PUBLIC_IDS[kind]).where(_PUBLIC_IDS[kind] == replaced_by)
    if connection.execute(select(heard_of.exists() & may_be_known.exists())).scalar():
        statement = insert(public_change).values(kind=kind, id=merged_id, change="merged", replaced_by=replaced_by)
        connection.execute(statement.values(last_modified=func.now()))


def read_changes(connection: Connection, *, after: int, limit: int) -> Sequence[RowMapping]:
    """Return the changes after a number, in order; the caller commits, for new ones are numbered on the way."""
    found = _numbered(connection, after=after, limit=limit)
    if len(found) < limit and _give_numbers(connection, limit):
        found = _numbered(connection, after=after, limit=limit)
    return found


def _numbered(connection: Connection, *, after: int, limit: int) -> Sequence[RowMapping]:
    statement = select(public_change).where(public_change.c.number > after).order_by(public_change.c.number)
    return connection.execute(statement.limit(limit)).mappings().all()


def _give_numbers(connection: Connection, most: int) -> int:
    """Number changes that are committed and have none; return how many."""
    waiting = select(public_change.c.position).where(public_change.c.number.is_(None)).limit(1)
    if connection.scalar(waiting) is None:
        return 0
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING})
    last: Any = select(func.coalesce(func.max(public_change.c.number), 0)).scalar_subquery()
    order = func.row_number().over(order_by=public_change.c.position)
    chosen = (
        select(public_change.c.position, (last + order).label("number"))
        .where(public_change.c.number.is_(None))
        .order_by(public_change.c.position)
        .limit(most)
        .subquery()
    )
    statement = update(public_change).where(public_change.c.position == chosen.c.position)
    return connection.execute(statement.values(number=chosen.c.number)).rowcount

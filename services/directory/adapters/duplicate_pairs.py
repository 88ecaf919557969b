"""The pairs that an agency is asked about: one of the two is its own, and it may know of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters.delegations import SqlDelegationStore, is_kept_by, listing_may_be_kept
from services.directory.adapters.document_tables import published_organization
from services.directory.adapters.duplicates import Kind, pairs_among
from services.directory.adapters.duplicates_tables import duplicate_dismissal
from services.directory.adapters.tables import listing, location, organization, search_entry
from services.directory.adapters.visibility import is_visible_to
from services.directory.domain.likeness import Likeness

# Of an agency with more than this many records, those that changed last are asked about.
_MOST_OWN = 2_000


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two records that may be one, what speaks for it, and which of them are the agency's own."""

    one: Mapping[Any, Any]
    other: Mapping[Any, Any]
    likeness: Likeness
    own_ids: frozenset[str]

    @property
    def ids(self) -> tuple[str, str]:
        """The ids of both, the smaller first."""
        return self.one["id"], self.other["id"]

    def comes_after(self, place: tuple[float, tuple[str, str]]) -> bool:
        """Say whether it stands in the list behind a pair with this score and these ids."""
        score, ids = place
        return (-self.likeness.score, self.ids) > (-score, ids)


class Asker(Protocol):
    """Who asks: for which agency, and which person, whom a delegation may name."""

    @property
    def agency_id(self) -> str:
        """The agency."""
        ...

    @property
    def account_id(self) -> str | None:
        """The person; None for a system."""
        ...


def pairs_for(connection: Connection, asker: Asker, kind: Kind, *, least: float) -> list[Pair]:
    """Return the pairs with a record that the asker keeps, the likeliest first, without those found to be two."""
    dismissed = _dismissed(connection, asker.agency_id)
    found_pairs = pairs_among(connection, kind, _own_ids(connection, asker, kind), least=least)
    pairs = [pair for pair in found_pairs if pair[:2] not in dismissed]
    ids = {each for pair in pairs for each in pair[:2]}
    own = frozenset(_own_ids(connection, asker, kind, sorted(ids)))
    shown = _shown(connection, asker.agency_id, kind, own, ids)
    return [
        Pair(one=shown[one], other=shown[other], likeness=found, own_ids=own & {one, other})
        for one, other, found in pairs
        if one in shown and other in shown
    ]


def dismiss(connection: Connection, asker: Asker, pair: tuple[str, str], at: datetime) -> bool:
    """Note that the asker's agency has found the pair to be two; False where it keeps neither."""
    own = {*_own_ids(connection, asker, "listing", pair), *_own_ids(connection, asker, "organization", pair)}
    if not own:
        return False
    one, other = sorted(pair)
    row = {"one_id": one, "other_id": other, "agency_id": asker.agency_id, "dismissed_at": at}
    connection.execute(insert(duplicate_dismissal).values(**row).on_conflict_do_nothing())
    return True


def _own_ids(connection: Connection, asker: Asker, kind: Kind, among: Sequence[str] | None = None) -> list[str]:
    """Return what the asker may merge: listings also by delegation, organizations as their keeper alone."""
    if kind == "organization":
        statement = (
            select(organization.c.id).where(is_kept_by(asker.agency_id)).order_by(organization.c.created_at.desc())
        )
    else:
        delegations = SqlDelegationStore(connection).given_to(asker.agency_id, asker.account_id)
        statement = (
            select(listing.c.id)
            .join(organization, organization.c.id == listing.c.organization_id)
            .outerjoin(location, location.c.listing_id == listing.c.id)
            .where(listing_may_be_kept(asker.agency_id, delegations))
            .order_by(listing.c.last_modified.desc())
        )
    if among is not None:
        statement = statement.where((organization if kind == "organization" else listing).c.id.in_(among))
    return list(connection.scalars(statement.limit(_MOST_OWN)))


def _dismissed(connection: Connection, agency_id: str) -> set[tuple[str, str]]:
    table = duplicate_dismissal
    rows = connection.execute(select(table.c.one_id, table.c.other_id).where(table.c.agency_id == agency_id))
    return {(row.one_id, row.other_id) for row in rows}


def _shown(
    connection: Connection, agency_id: str, kind: Kind, own: frozenset[str], wanted: set[str]
) -> dict[str, Mapping[Any, Any]]:
    """Return what is shown of each record that the agency may know of; of a confidential place nothing is."""
    statement: Any
    if kind == "listing":
        statement = (
            select(listing, organization.c.name.label("organization_name"), location.c.municipality_code)
            .join(organization, organization.c.id == listing.c.organization_id)
            .outerjoin(location, location.c.listing_id == listing.c.id)
            .outerjoin(search_entry, search_entry.c.listing_id == listing.c.id)
            .where(listing.c.id.in_(wanted), or_(listing.c.id.in_(own & wanted), is_visible_to(agency_id).clause()))
        )
    else:
        published = select(published_organization.c.organization_id)
        known = or_(organization.c.id.in_(own & wanted), organization.c.id.in_(published))
        statement = select(organization).where(organization.c.id.in_(wanted), known)
    return {row["id"]: row for row in connection.execute(statement).mappings()}

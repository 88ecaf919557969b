"""Finds the organizations that the public may know of: by name first, then by what they say of themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, cast, func, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.document_tables import organization_entry, published_organization
from services.directory.adapters.search_text import vector
from services.directory.adapters.service_rows import PUBLIC
from services.directory.adapters.tables import organization, search_entry
from services.directory.domain.lexicon import Word
from services.directory.domain.spelling import plain_words, spellings

MOST_WORDS = 10
# Names weigh A, descriptions D; the shorter of two texts that fit alike comes first.
_IN_NAMES = "A"
_BY_LENGTH = 1
_document = organization_entry.c.document


@dataclass(frozen=True, kw_only=True)
class OrganizationsAsked:
    """What is asked of organizations; with terms, of one public service of theirs together.

    ``corrected`` has the words that a typed one may mean as well.
    """

    search: str | None = None
    corrected: Mapping[Word, Sequence[str]] = field(default_factory=dict)
    terms: Sequence[ColumnElement[bool]] = ()
    modified_after: datetime | None = None
    organization_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions that are asked for."""
        conditions: list[ColumnElement[bool]] = []
        if self.terms:
            entry = search_entry.c
            theirs = [entry.organization_id == organization.c.id, entry.tier.in_(PUBLIC)]
            conditions.append(select(entry.listing_id).where(*theirs, *self.terms).exists())
        if self.modified_after is not None:
            conditions.append(published_organization.c.last_modified >= self.modified_after)
        if self.organization_id is not None:
            conditions.append(organization.c.id == self.organization_id)
        if self._words:
            conditions.append(_document.bool_op("@@")(self._query()))
        return conditions

    def order(self) -> list[Any]:
        """Return what comes first: who is called so, then who fits the words best, then by name."""
        by_name = [organization.c.spellings, organization.c.id]
        if not self._words:
            return by_name
        is_called_so = _document.bool_op("@@")(self._query(_IN_NAMES))
        return [is_called_so.desc(), func.ts_rank(_document, self._query(), _BY_LENGTH).desc(), *by_name]

    @property
    def _words(self) -> list[Word]:
        return spellings(self.search or "")[:MOST_WORDS]

    def _query(self, weight: str = "") -> Any:
        each = (
            " | ".join(f"'{spelling}':*{weight}" for spelling in (*word, *self.corrected.get(word, ())))
            for word in self._words
        )
        # As it stands: taken apart anew, a word such as 3e85f8ae would become a number and a rest.
        return cast(" & ".join(f"({one})" for one in each), TSQUERY)


def ordered_organizations(asked: OrganizationsAsked) -> Select[Any]:
    """Return the statement of the organizations that match, best first."""
    both = published_organization.join(organization, organization.c.id == published_organization.c.organization_id)
    every = both.join(organization_entry, organization_entry.c.organization_id == organization.c.id)
    statement = select(published_organization).select_from(every if asked.search else both)
    return statement.where(*asked.conditions()).order_by(*asked.order())


def find_organizations(
    connection: Connection, asked: OrganizationsAsked, *, offset: int, limit: int
) -> tuple[int, Sequence[RowMapping]]:
    """Return how many organizations match and a page of them, best first."""
    statement = ordered_organizations(asked)
    total = connection.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    if offset >= total:
        return total, []
    return total, connection.execute(statement.offset(offset).limit(limit)).mappings().all()


def index_organizations(
    connection: Connection, rows: Mapping[str, Mapping[str, Any]], changed: Collection[str]
) -> None:
    """Write what published organizations are found by: of those that changed, and of those that have nothing yet.

    ``rows`` are as others may see them, so that nobody finds an organization by what is not shown of it.
    """
    if not rows:
        return
    known = select(organization_entry.c.organization_id).where(is_among(organization_entry.c.organization_id, rows))
    wanted = set(changed) | (rows.keys() - set(connection.scalars(known)))
    entries = [{"organization_id": key, "document": _document_of(rows[key])} for key in sorted(wanted)]
    if entries:
        statement = upsert(organization_entry)
        renewed = {"document": statement.excluded.document}
        connection.execute(statement.on_conflict_do_update(index_elements=["organization_id"], set_=renewed), entries)


def forget_entries(connection: Connection, organization_ids: Sequence[str]) -> None:
    """Drop what these are found by, so that the next publishing writes it anew in the spelling of today."""
    entries = organization_entry.delete()
    connection.execute(entries.where(is_among(organization_entry.c.organization_id, organization_ids)))


def _document_of(row: Mapping[str, Any]) -> str:
    translated = (entry["text"] for entry in row["translations"] if entry["field"] == "description")
    described = [row["description"], *translated]
    return vector({_IN_NAMES: str(row["spellings"]).split(), "D": plain_words(" ".join(described))})

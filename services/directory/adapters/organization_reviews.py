"""Keeps what waits beside organizations, reads organizations with it, and lists what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, delete, insert, literal, select, tuple_, update

from services.directory.adapters.delegations import is_kept_by
from services.directory.adapters.organization_rows import REVIEW_FIELDS
from services.directory.adapters.review_tables import organization_review, organization_version, organization_waiver
from services.directory.adapters.tables import organization
from services.directory.domain.organization import Organization

_review, _version, _waiver = organization_review.c, organization_version.c, organization_waiver.c


def organizations_with_revisions() -> Select[Any]:
    """Return the statement that reads organizations for their keepers; readers have nothing to do with revisions."""
    beside = [_review.proposal, *(_review[name] for name in REVIEW_FIELDS), _version.said.label("proposed")]
    asked = [_waiver.rule, _waiver.asked_by, _waiver.asked_at, _waiver.expires_at]
    proposed = and_(_version.organization_id == _review.organization_id, _version.number == _review.proposal)
    return (
        select(organization, *beside, *asked)
        .outerjoin(organization_review, _review.organization_id == organization.c.id)
        .outerjoin(organization_version, proposed)
        .outerjoin(organization_waiver, _waiver.organization_id == organization.c.id)
    )


def keep_revision(connection: Connection, kept: Organization, number: int) -> None:
    """Keep what waits beside an organization, if anything does; its texts stand in the version of that number."""
    connection.execute(delete(organization_review).where(_review.organization_id == kept.id))
    if kept.revision is not None:
        review = {name: getattr(kept.revision.review, name) for name in REVIEW_FIELDS}
        connection.execute(insert(organization_review).values(organization_id=kept.id, proposal=number, **review))


def keep_rule(connection: Connection, kept: Organization) -> None:
    """Keep the rule of review, and who has asked for another one, if anybody has."""
    rule = kept.review.value if kept.review else None
    connection.execute(update(organization).where(organization.c.id == kept.id).values(review=rule))
    connection.execute(delete(organization_waiver).where(_waiver.organization_id == kept.id))
    if kept.waiver is not None:
        wanted = kept.waiver.rule.value if kept.waiver.rule else None
        asked = {**vars(kept.waiver), "rule": wanted}
        connection.execute(insert(organization_waiver).values(organization_id=kept.id, **asked))


def waiting_organizations(
    connection: Connection, agency_id: str, *, after: tuple[datetime, str] | None, limit: int
) -> Sequence[RowMapping]:
    """Return the revisions that the agency may be asked to decide on, the longest waiting first.

    ``after`` is the moment of submitting, and the id, of the last one of the page before.
    """
    order = (_review.submitted_at, organization.c.id)
    waiting = organizations_with_revisions().where(_review.submitted_at.is_not(None), is_kept_by(agency_id))
    if after is not None:
        place = (literal(value, each.type) for value, each in zip(after, order, strict=True))
        waiting = waiting.where(tuple_(*order) > tuple_(*place))
    return connection.execute(waiting.order_by(*order).limit(limit)).mappings().all()

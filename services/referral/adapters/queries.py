"""Reads for the API: referrals with the names, listings and sealed triage that their views need, in few queries."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from services.referral.adapters.tables import referral as table
from services.referral.adapters.unit_of_work import ReferralUnitOfWork
from services.referral.application.open_referral import open_for_reading
from services.referral.application.ports import TRIAGE, HistoryEntry, Listing
from services.referral.domain.access import may_see_triage
from services.referral.domain.referral import Referral
from services.referral.domain.status import Party

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class CursorUnreadable(ValueError):
    """The cursor is none that this service gave."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A referral as one party may see it; ``triage`` is None where it may not."""

    referral: Referral
    party: Party
    listing: Listing | None
    agency_names: Mapping[str, str]
    triage: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to."""

    direction: str | None = None
    statuses: Collection[str] = ()
    urgency: str | None = None


def show(uow: ReferralUnitOfWork, referral_id: str, *, agency_id: str, now: datetime) -> Shown:
    """Return one referral for an agency; raises NoSuchReferral."""
    referral, _ = open_for_reading(uow, referral_id, agency_id=agency_id)
    return _shown(uow, [referral], agency_id=agency_id, now=now)[0]


def show_list(
    uow: ReferralUnitOfWork, wanted: Filter, *, agency_id: str, cursor: str | None, limit: int, now: datetime
) -> tuple[list[Shown], str | None]:
    """Return a page of an agency's referrals, the latest first, and the cursor of the next one."""
    conditions = [_side(agency_id, wanted.direction)]
    if wanted.statuses:
        conditions.append(table.c.status.in_(list(wanted.statuses)))
    if wanted.urgency:
        conditions.append(table.c.urgency == wanted.urgency)
    if cursor:
        conditions.append(table.c.id < _read_cursor(cursor))
    found = uow.referrals.find(*conditions, limit=limit + 1)
    page = found[:limit]
    following = _cursor(page[-1].id) if len(found) > limit else None
    return _shown(uow, page, agency_id=agency_id, now=now), following


def visible_history(uow: ReferralUnitOfWork, referral: Referral, party: Party) -> list[HistoryEntry]:
    """Return the lines a party may see: the receiving agency nothing from before sending, nor the sender's reads."""
    lines = uow.history.of(referral.id)
    if party is Party.REFERRING:
        return lines
    sent_at = referral.sent_at
    return [
        line
        for line in lines
        if sent_at is not None
        and line.at >= sent_at
        and not (line.kind == "access" and line.actor_agency_id != referral.receiving_agency_id)
    ]


def _side(agency_id: str, direction: str | None) -> ColumnElement[bool]:
    outbound = table.c.referring_agency_id == agency_id
    inbound = and_(table.c.receiving_agency_id == agency_id, table.c.sent_at.is_not(None))
    if direction == "outbound":
        return outbound
    if direction == "inbound":
        return inbound
    return or_(outbound, inbound)


def _shown(uow: ReferralUnitOfWork, referrals: Sequence[Referral], *, agency_id: str, now: datetime) -> list[Shown]:
    pairs = [(each, party) for each in referrals if (party := each.party_of(agency_id)) is not None]
    open_ids = [each.id for each, party in pairs if may_see_triage(each.stage(), party, now)]
    triages = uow.parts.read_many(open_ids, [TRIAGE]) if open_ids else {}
    listings = uow.listings.get_many({each.service_id for each in referrals})
    agencies = {each.referring_agency_id for each in referrals} | {each.receiving_agency_id or "" for each in referrals}
    names = uow.agencies.names_of(agencies)
    return [
        Shown(each, party, _known(listings.get(each.service_id), each), names, triages.get(each.id, {}).get(TRIAGE))
        for each, party in pairs
    ]


def _known(listing: Listing | None, referral: Referral) -> Listing | None:
    """Return the listing unless it is kept from the referring agency; whoever has sent to it knows it anyway."""
    if listing is None or referral.sent_at is not None or listing.is_known_to(referral.referring_agency_id):
        return listing
    return None


def _cursor(referral_id: str) -> str:
    return base64.urlsafe_b64encode(referral_id.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> str:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise CursorUnreadable from None
    if not _ID.match(text):
        raise CursorUnreadable
    return text

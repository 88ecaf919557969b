"""Counts needs that a search showed to be met by nobody, once per agency and hour, without a trace of the child."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime

from services.directory.application.ports import Caller, UnitOfWorkFactory, UnmetNeedStore
from services.directory.domain.matching import Fit
from services.directory.domain.need import Need
from services.directory.domain.unmet_need import UnmetNeed


def newly_unmet(
    principal: Caller, need: Need, nearly: Collection[Fit] = (), *, store: UnmetNeedStore, now: datetime
) -> dict[str, UnmetNeed]:
    """Return those terms of a need that nobody meets, and that were not counted within the hour, by their digests.

    Each is asked for by itself, for the place and the age: what else was asked for, such as a moment or a language,
    says nothing of whether the place has the service. ``nearly``, what was found to fit nearly, may show already that
    it has. Without a municipality there is no place to count them for.
    """
    terms = {term for term in need.needs if not any(one.would_meet(term) for one in nearly)}
    if need.municipality is None or not terms:
        return {}
    month = now.date().replace(day=1)
    asked = [
        UnmetNeed(month=month, municipality=need.municipality, term=term, age_band=need.age_band)
        for term in sorted(terms)
    ]
    digests = {_digest(principal, unmet): unmet for unmet in asked}
    heard = store.heard(digests, now)
    return {
        digest: unmet
        for digest, unmet in digests.items()
        if digest not in heard
        and not store.is_met(
            Need(needs=frozenset([unmet.term]), age=need.age, municipality=need.municipality),
            principal.agency_id,
            now,
        )
    }


def count_unmet_needs(unmet: Mapping[str, UnmetNeed], *, unit_of_work: UnitOfWorkFactory, now: datetime) -> None:
    """Count what was found newly unmet; what another request has counted in the meantime is not counted again."""
    if not unmet:
        return
    with unit_of_work() as uow:
        for digest, one in unmet.items():
            if uow.unmet_needs.hear(digest, now):
                uow.unmet_needs.count(one)
        uow.commit()


def _digest(principal: Caller, unmet: UnmetNeed) -> str:
    asked = (principal.agency_id, unmet.municipality, unmet.term, unmet.age_band)
    return hashlib.sha256("\0".join(asked).encode()).hexdigest()

"""Sends a draft to the agency behind its service."""

from __future__ import annotations

from chassis.clock import Clock
from services.referral.application.open_referral import open_for_change
from services.referral.application.ports import Listing, UnitOfWork
from services.referral.application.tell import keep
from services.referral.domain.deadlines import DeadlineRules
from services.referral.domain.errors import ServiceNotAvailable
from services.referral.domain.facts import Actor
from services.referral.domain.referral import Referral
from services.referral.domain.status import Action


def send_referral(
    referral_id: str,
    *,
    expected_version: int | None,
    uow: UnitOfWork,
    actor: Actor,
    clock: Clock,
    rules: DeadlineRules,
) -> Referral:
    """Send it; raises ConsentMissing or ServiceNotAvailable where that may not be."""
    now = clock.now()
    with uow:
        referral = open_for_change(uow, referral_id, actor=actor, expected_version=expected_version)
        referral.require(Action.SEND, actor, now)
        loaded_version = referral.version
        # Held, so that its closing waits until this referral stands among those to be warned.
        listing = uow.listings.hold(referral.service_id)
        receiving_agency_id = receiving_agency_of(listing, referral.referring_agency_id)
        country = uow.agencies.country_of(receiving_agency_id) or (listing.country if listing else None)
        terms = rules.terms_for(country, referral.urgency)
        referral.send(receiving_agency_id=receiving_agency_id, terms=terms, actor=actor, now=now)
        keep(uow, referral, loaded_version=loaded_version)
        uow.audit(action="send", referral_id=referral.id)
        uow.commit()
    return referral


def receiving_agency_of(listing: Listing | None, referring_agency_id: str) -> str:
    """Return the agency that receives referrals to a service; raises ServiceNotAvailable where there is none."""
    if listing is None or not listing.is_known_to(referring_agency_id):
        # To whom it is not named, a service is as good as none.
        raise ServiceNotAvailable("service_unknown")
    if not listing.is_published:
        raise ServiceNotAvailable(f"service_{listing.status}")
    if not listing.accepts_referrals:
        raise ServiceNotAvailable("service_takes_no_referrals")
    if listing.agency_id is None:
        raise ServiceNotAvailable("service_not_linked_to_an_agency")
    if listing.agency_id == referring_agency_id:
        raise ServiceNotAvailable("service_of_own_agency")
    return listing.agency_id

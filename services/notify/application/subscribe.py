"""Lets an agency say where its systems want to be told, and a person say how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import Clock
from chassis.ids import new_id
from services.notify.application.ports import UnitOfWork
from services.notify.domain.delivery import TEST_EVENT_TYPE, Delivery
from services.notify.domain.errors import (
    NotYours,
    PeopleOnly,
    StalePreference,
    TooManyWebhookEndpoints,
    WebhookEndpointExists,
)
from services.notify.domain.message import Language
from services.notify.domain.news import NewsKind, Urgency
from services.notify.domain.preference import Preference
from services.notify.domain.retry import Channel
from services.notify.domain.webhook_endpoint import MAXIMUM_PER_AGENCY, WebhookEndpoint, new_secret


def register_endpoint(
    uow: UnitOfWork, *, principal: Any, url: str, description: str, check_address: Callable[[str], None], clock: Clock
) -> WebhookEndpoint:
    """Register an address for the caller's agency; `check_address` raises WebhookAddressRefused."""
    check_address(url)
    uow.endpoints.lock_agency(principal.agency_id)
    present = uow.endpoints.of_agency(principal.agency_id)
    if any(endpoint.url == url for endpoint in present):
        raise WebhookEndpointExists
    if len(present) >= MAXIMUM_PER_AGENCY:
        raise TooManyWebhookEndpoints
    endpoint = WebhookEndpoint(
        id=new_id(),
        agency_id=principal.agency_id,
        url=url,
        description=description,
        created_at=clock.now(),
        secret=new_secret(),
    )
    uow.endpoints.add(endpoint, created_by=principal.subject)
    _record(uow, principal, "register", endpoint.id)
    uow.commit()
    return endpoint


def remove_endpoint(uow: UnitOfWork, *, principal: Any, endpoint_id: str) -> None:
    """Remove an endpoint of the caller's agency with all that waits for it."""
    endpoint = own_endpoint(uow, principal=principal, endpoint_id=endpoint_id)
    uow.endpoints.remove(endpoint.id)
    _record(uow, principal, "remove", endpoint.id)
    uow.commit()


def try_endpoint(uow: UnitOfWork, *, principal: Any, endpoint_id: str, clock: Clock) -> Delivery:
    """Queue a test delivery to an endpoint of the caller's agency."""
    endpoint = own_endpoint(uow, principal=principal, endpoint_id=endpoint_id)
    now = clock.now()
    delivery = Delivery(
        id=new_id(),
        channel=Channel.WEBHOOK,
        recipient_id=endpoint.id,
        agency_id=endpoint.agency_id,
        event_id=new_id(),
        event_type=TEST_EVENT_TYPE,
        referral_id=None,
        reference=None,
        referral_status=None,
        urgency=Urgency.URGENT,
        occurred_at=now,
        due_at=None,
        created_at=now,
        next_attempt_at=now,
    )
    uow.deliveries.add(delivery)
    _record(uow, principal, "test", endpoint.id)
    uow.commit()
    return delivery


def own_endpoint(uow: UnitOfWork, *, principal: Any, endpoint_id: str) -> WebhookEndpoint:
    """Return an endpoint of the caller's agency; another agency's is as good as none."""
    endpoint = uow.endpoints.get(endpoint_id)
    if endpoint is None or endpoint.agency_id != principal.agency_id:
        raise NotYours
    return endpoint


def current_preference(uow: UnitOfWork, *, account_id: str | None) -> Preference:
    """Return a person's preference, or the default: everything, in the language of the account."""
    if account_id is None:
        raise PeopleOnly
    chosen = uow.preferences.get(account_id)
    if chosen is not None:
        return chosen
    contact = uow.contacts.get(account_id)
    return Preference(account_id, contact.language if contact else Language.ENGLISH)


def change_preference(
    uow: UnitOfWork,
    *,
    principal: Any,
    language: Language,
    muted: frozenset[NewsKind],
    expected_version: int | None,
    clock: Clock,
) -> Preference:
    """Change the caller's own preference; raises StalePreference when it has changed in the meantime."""
    present = current_preference(uow, account_id=principal.account_id)
    if expected_version is not None and expected_version != present.version:
        raise StalePreference
    changed = present.changed(language=language, muted=muted)
    if not uow.preferences.save(changed, principal.agency_id, now=clock.now()):
        raise StalePreference
    uow.commit()
    return changed


def _record(uow: UnitOfWork, principal: Any, action: str, endpoint_id: str) -> None:
    uow.record(
        principal=principal, action=f"webhook_endpoint.{action}", object_type="webhook_endpoint", object_id=endpoint_id
    )

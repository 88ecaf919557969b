"""Handles webhook endpoints: an agency's own alone."""

from __future__ import annotations

from typing import Any

from chassis.auth import current_principal
from chassis.connexion_app import container
from services.notify.adapters.queries import attempt_page, endpoint_views
from services.notify.application import subscribe
from services.notify.domain.errors import NotYours
from services.notify.domain.webhook_endpoint import written_secret
from services.notify.entrypoints.api.schemas import WebhookEndpointDraftSchema


def list_endpoints() -> dict[str, Any]:
    """Return all endpoints of the caller's agency."""
    with container().unit_of_work() as uow:
        return {"items": endpoint_views(uow.connection, agency_id=current_principal().agency_id)}


def create_endpoint(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Register an endpoint; this answer alone holds the secret."""
    principal = current_principal()
    with container().unit_of_work() as uow:
        endpoint = subscribe.register_endpoint(
            uow,
            principal=principal,
            check_address=container().guard.check,
            clock=container().clock,
            **WebhookEndpointDraftSchema().load(body),
        )
        (view,) = endpoint_views(uow.connection, agency_id=principal.agency_id, endpoint_id=endpoint.id)
    headers = {"Location": f"/webhook-endpoints/{endpoint.id}", "Cache-Control": "no-store"}
    return {**view, "secret": written_secret(endpoint.secret)}, 201, headers


def get_endpoint(endpoint_id: str) -> dict[str, Any]:
    """Return an endpoint of the caller's agency."""
    with container().unit_of_work() as uow:
        views = endpoint_views(uow.connection, agency_id=current_principal().agency_id, endpoint_id=endpoint_id)
    if not views:
        raise NotYours
    return views[0]


def delete_endpoint(endpoint_id: str) -> tuple[None, int]:
    """Remove an endpoint of the caller's agency."""
    with container().unit_of_work() as uow:
        subscribe.remove_endpoint(uow, principal=current_principal(), endpoint_id=endpoint_id)
    return None, 204


def test_endpoint(endpoint_id: str) -> tuple[dict[str, Any], int]:
    """Queue a test delivery."""
    with container().unit_of_work() as uow:
        delivery = subscribe.try_endpoint(
            uow, principal=current_principal(), endpoint_id=endpoint_id, clock=container().clock
        )
    return {"delivery_id": delivery.id, "status": delivery.status.value}, 202


def list_attempts(endpoint_id: str, cursor: str | None = None, limit: int = 25) -> dict[str, Any]:
    """Return a page of what was tried at an endpoint of the caller's agency."""
    with container().unit_of_work() as uow:
        subscribe.own_endpoint(uow, principal=current_principal(), endpoint_id=endpoint_id)
        return attempt_page(uow.connection, endpoint_id=endpoint_id, cursor=cursor, limit=limit)

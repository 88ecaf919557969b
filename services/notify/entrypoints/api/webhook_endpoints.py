"""Handles webhook endpoints: an agency's own alone."""

from __future__ import annotations

from typing import Any

import flask

from chassis.auth import current_principal
from chassis.connexion_app import container
from services.notify.adapters.queries import attempt_page, endpoint_views
from services.notify.application import subscribe
from services.notify.domain.errors import NotYours
from services.notify.domain.webhook_endpoint import written_secret
from services.notify.entrypoints.api.schemas import WebhookEndpointDraftSchema


def list_endpoints() -> flask.Response:
    """Return all endpoints of the caller's agency."""
    with container().unit_of_work() as uow:
        return flask.jsonify({"items": endpoint_views(uow.connection, agency_id=current_principal().agency_id)})


def create_endpoint(body: dict[str, Any]) -> flask.Response:
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
    response = flask.jsonify({**view, "secret": written_secret(endpoint.secret)})
    response.status_code = 201
    response.headers["Location"] = f"/webhook-endpoints/{endpoint.id}"
    response.headers["Cache-Control"] = "no-store"
    return response


def get_endpoint(endpoint_id: str) -> flask.Response:
    """Return an endpoint of the caller's agency."""
    with container().unit_of_work() as uow:
        views = endpoint_views(uow.connection, agency_id=current_principal().agency_id, endpoint_id=endpoint_id)
    if not views:
        raise NotYours
    return flask.jsonify(views[0])


def delete_endpoint(endpoint_id: str) -> flask.Response:
    """Remove an endpoint of the caller's agency."""
    with container().unit_of_work() as uow:
        subscribe.remove_endpoint(uow, principal=current_principal(), endpoint_id=endpoint_id)
    # Connexion wants a type even for an answer without content.
    return flask.Response(status=204, mimetype="application/json")


def test_endpoint(endpoint_id: str) -> flask.Response:
    """Queue a test delivery."""
    with container().unit_of_work() as uow:
        delivery = subscribe.try_endpoint(
            uow, principal=current_principal(), endpoint_id=endpoint_id, clock=container().clock
        )
    response = flask.jsonify({"delivery_id": delivery.id, "status": delivery.status.value})
    response.status_code = 202
    return response


def list_attempts(endpoint_id: str, cursor: str | None = None, limit: int = 25) -> flask.Response:
    """Return a page of what was tried at an endpoint of the caller's agency."""
    with container().unit_of_work() as uow:
        subscribe.own_endpoint(uow, principal=current_principal(), endpoint_id=endpoint_id)
        return flask.jsonify(attempt_page(uow.connection, endpoint_id=endpoint_id, cursor=cursor, limit=limit))

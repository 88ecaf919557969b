"""Handles preferences: everybody's own."""

from __future__ import annotations

from typing import Any

import flask

from chassis.auth import current_principal
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from services.notify.application.subscribe import change_preference, current_preference
from services.notify.domain.errors import PeopleOnly
from services.notify.domain.preference import Preference
from services.notify.entrypoints.api.schemas import PreferencesChangeSchema, preference_view


def get_preferences() -> flask.Response:
    """Return the caller's preferences."""
    with container().unit_of_work() as uow:
        preference = current_preference(uow, account_id=current_principal().account_id)
    return _present(preference)


def put_preferences(body: dict[str, Any]) -> flask.Response:
    """Set the caller's preferences."""
    principal = current_principal()
    if principal.account_id is None:
        raise PeopleOnly
    with container().unit_of_work() as uow:
        changed = change_preference(
            uow,
            principal=principal,
            expected_version=expected_version(required=False),
            clock=container().clock,
            **PreferencesChangeSchema().load(body),
        )
    return _present(changed)


def _present(preference: Preference) -> flask.Response:
    response = flask.jsonify(preference_view(preference))
    response.headers["ETag"] = etag(preference.version)
    return response

"""Handles preferences: everybody's own."""

from __future__ import annotations

from typing import Any

from chassis.auth import current_principal
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from services.notify.application.subscribe import change_preference, current_preference
from services.notify.domain.errors import PeopleOnly
from services.notify.entrypoints.api.schemas import PreferencesChangeSchema, preference_view


def get_preferences() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Return the caller's preferences."""
    with container().unit_of_work() as uow:
        preference = current_preference(uow, account_id=current_principal().account_id)
    return preference_view(preference), 200, {"ETag": etag(preference.version)}


def put_preferences(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
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
    return preference_view(changed), 200, {"ETag": etag(changed.version)}

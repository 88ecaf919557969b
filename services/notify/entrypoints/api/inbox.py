"""Handles the inbox: every person sees their own entries alone."""

from __future__ import annotations

import uuid
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.connexion_app import container
from services.notify.adapters.queries import inbox_entry_view, inbox_page
from services.notify.adapters.repositories import NotifyUnitOfWork
from services.notify.application import read_inbox
from services.notify.application.subscribe import current_preference
from services.notify.domain.errors import NotYours, PeopleOnly
from services.notify.domain.message import Language


def list_inbox(unread: bool | None = None, cursor: str | None = None, limit: int = 25) -> dict[str, Any]:
    """Return a page of the caller's entries; a system has none."""
    principal = current_principal()
    with container().unit_of_work() as uow:
        return inbox_page(
            uow.connection,
            account_id=principal.subject if principal.account_id else str(uuid.UUID(int=0)),
            unread=unread,
            cursor=cursor,
            limit=limit,
            templates=container().templates,
            language=_language(uow, principal.account_id),
        )


def mark_read(entry_id: str) -> dict[str, Any]:
    """Mark one of the caller's entries as read."""
    principal = current_principal()
    if principal.account_id is None:
        raise NotYours
    with container().unit_of_work() as uow:
        read_inbox.mark_read(uow, account_id=principal.account_id, entry_id=entry_id, clock=container().clock)
        return inbox_entry_view(
            uow.connection,
            entry_id=entry_id,
            templates=container().templates,
            language=_language(uow, principal.account_id),
        )


def mark_all_read() -> dict[str, Any]:
    """Mark all of the caller's entries as read."""
    principal = current_principal()
    if principal.account_id is None:
        raise PeopleOnly
    with container().unit_of_work() as uow:
        marked = read_inbox.mark_all_read(uow, account_id=principal.account_id, clock=container().clock)
    return {"marked": marked}


def _language(uow: NotifyUnitOfWork, account_id: str | None) -> Language:
    """Return the first language of Accept-Language in which messages are written, else that of the preferences."""
    for tag, _ in flask.request.accept_languages:
        language = Language.of(tag)
        if language is not Language.ENGLISH or tag.lower().partition("-")[0] == Language.ENGLISH.value:
            return language
    return current_preference(uow, account_id=account_id).language if account_id else Language.ENGLISH

"""What the handlers share: who acts, how an answer with its version is made, and keys honoured where given."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.concurrency import etag
from chassis.connexion_app import container as current_container
from chassis.idempotency import HEADER, REPLAYED, idempotent
from chassis.principal import Principal
from services.referral.adapters.queries import show
from services.referral.adapters.unit_of_work import ReferralUnitOfWork
from services.referral.bootstrap import Container
from services.referral.domain.facts import Actor
from services.referral.entrypoints.api.presenters import present_referral

Answer = tuple[dict[str, Any], int, dict[str, str]]
Handler = Callable[..., Any]
# The role shown in a history, the weightiest first.
_SHOWN_ROLES = ("supervisor", "caseworker", "municipality_officer", "agency_administrator", "partner_system", "service")


def container() -> Container:
    """Return what the composition root built."""
    built: Container = current_container()
    return built


def acting() -> tuple[Actor, ReferralUnitOfWork]:
    """Return who acts, and a unit of work in their name."""
    principal = current_principal()
    return actor_of(principal), container().unit_of_work(principal)


def actor_of(principal: Principal) -> Actor:
    """Return the actor behind a principal."""
    role = next((role for role in _SHOWN_ROLES if role in principal.roles), None)
    return Actor(principal.agency_id, principal.account_id, role)


def answer_with(referral_id: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Answer with the referral as it is now on record, for the caller."""
    principal, built = current_principal(), container()
    now = built.clock.now()
    with built.unit_of_work(principal) as uow:
        shown = show(uow, referral_id, agency_id=principal.agency_id, now=now)
    return present_referral(shown, now), status, headers_of(shown.referral.version) | (headers or {})


def headers_of(version: int | None = None) -> dict[str, str]:
    """Return the headers of an answer that nobody may keep; with a version, its entity tag."""
    headers = {"Cache-Control": "no-store"}
    return headers if version is None else headers | {"ETag": etag(version)}


def idempotent_if_asked(operation: str) -> Callable[[Handler], Handler]:
    """Decorate a handler so that an Idempotency-Key is honoured where there is one, and not demanded."""

    def decorate(handler: Handler) -> Handler:
        with_key = idempotent(operation=operation)(handler)

        @functools.wraps(handler)
        def wrapped(referral_id: str, **kwargs: Any) -> Any:
            if HEADER not in flask.request.headers:
                return handler(referral_id, **kwargs)
            return _without_what_was_closed(with_key(referral_id, **kwargs), referral_id)

        return wrapped

    return decorate


def _without_what_was_closed(answer: flask.Response, referral_id: str) -> Any:
    """Return a kept answer as it was, unless the child's triage in it has been closed to the caller since."""
    if REPLAYED not in answer.headers:
        return answer
    view, status, headers = answer_with(referral_id)
    return answer if view["triage"] is not None else (view, status, headers | {REPLAYED: "true"})

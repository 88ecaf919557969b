"""Writing, listing and reading referrals over HTTP."""

from __future__ import annotations

from typing import Any

from chassis.auth import current_principal
from chassis.concurrency import expected_version
from chassis.idempotency import idempotent
from services.referral.adapters.queries import Filter, show_list
from services.referral.application.drafts import create_draft
from services.referral.application.drafts import replace_draft as replace
from services.referral.entrypoints.api.edge import Answer, acting, answer_with, container, headers_of
from services.referral.entrypoints.api.presenters import present_referral
from services.referral.entrypoints.api.schemas import read_draft


def list_referrals(
    direction: str | None = None,
    status: list[str] | None = None,
    urgency: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Answer:
    """List the agency's referrals, the latest first."""
    principal, built = current_principal(), container()
    now = built.clock.now()
    wanted = Filter(direction, tuple(status or ()), urgency)
    with built.unit_of_work(principal) as uow:
        page, following = show_list(uow, wanted, agency_id=principal.agency_id, cursor=cursor, limit=limit, now=now)
    items = [present_referral(shown, now) for shown in page]
    return {"items": items, "next_cursor": following}, 200, headers_of()


@idempotent(operation="createReferral")
def create_referral(body: dict[str, Any]) -> Answer:
    """Write a draft."""
    actor, uow = acting()
    draft = create_draft(read_draft(body), uow=uow, actor=actor, clock=container().clock)
    return answer_with(draft.id, status=201, headers={"Location": f"/referrals/{draft.id}"})


def get_referral(referral_id: str) -> Answer:
    """Read one referral."""
    return answer_with(referral_id)


def replace_draft(referral_id: str, body: dict[str, Any]) -> Answer:
    """Replace a draft."""
    version = expected_version(required=True)
    actor, uow = acting()
    replace(referral_id, read_draft(body), expected_version=version, uow=uow, actor=actor, clock=container().clock)
    return answer_with(referral_id)

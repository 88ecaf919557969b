"""Every action of either side in every status through the API: what the table does not name answers 409."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.referral.test_refusals import ACTIONS
from tests.support.referrals import World

# How a status is reached: the steps after sending.
WAYS: dict[str, list[tuple[str, str]]] = {
    "sent": [],
    "acknowledged": [("receiver", "acknowledge")],
    "accepted": [("receiver", "accept")],
    "in_progress": [("receiver", "accept"), ("receiver", "start")],
    "on_hold": [("receiver", "accept"), ("receiver", "hold")],
    "completed": [("receiver", "accept"), ("receiver", "complete")],
    "rejected": [("receiver", "reject")],
    "cancelled": [("sender", "cancel")],
    "failed": [("receiver", "accept"), ("receiver", "fail")],
    "entered_in_error": [("sender", "mark-entered-in-error")],
}
# Written down by hand from the description of the product, not derived from the code.
LEGAL: dict[str, dict[str, set[str]]] = {
    "sent": {
        "sender": {"cancel", "withdraw-consent", "mark-entered-in-error"},
        "receiver": {"acknowledge", "accept", "reject", "withdraw-consent"},
    },
    "acknowledged": {
        "sender": {"cancel", "withdraw-consent", "mark-entered-in-error"},
        "receiver": {"accept", "reject", "withdraw-consent"},
    },
    "accepted": {
        "sender": {"cancel", "withdraw-consent", "mark-entered-in-error"},
        "receiver": {"start", "hold", "complete", "fail", "cancel", "withdraw-consent", "appointment"},
    },
    "in_progress": {
        "sender": {"cancel", "withdraw-consent", "mark-entered-in-error"},
        "receiver": {"hold", "complete", "fail", "cancel", "withdraw-consent", "appointment"},
    },
    "on_hold": {
        "sender": {"cancel", "withdraw-consent", "mark-entered-in-error"},
        "receiver": {"resume", "complete", "fail", "cancel", "withdraw-consent", "appointment"},
    },
    "completed": {
        "sender": {"withdraw-consent", "mark-entered-in-error"},
        "receiver": {"give-feedback", "withdraw-consent"},
    },
    "rejected": {"sender": {"mark-entered-in-error"}, "receiver": set()},
    "cancelled": {"sender": {"mark-entered-in-error"}, "receiver": set()},
    "failed": {"sender": {"mark-entered-in-error"}, "receiver": set()},
    "entered_in_error": {"sender": set(), "receiver": set()},
}


def _reach(world: World, status: str) -> str:
    referral_id = world.sent()
    for side, action in WAYS[status]:
        answer: Any = getattr(world, side).act(referral_id, action, ACTIONS[action])
        assert answer.status_code == 200, answer.text
    return referral_id


@pytest.mark.parametrize("side", ["sender", "receiver"])
@pytest.mark.parametrize("status", WAYS)
def test_only_what_is_legal_happens(world: World, status: str, side: str) -> None:
    agency = getattr(world, side)
    resting = _reach(world, status)
    offered = {action.replace("_", "-") for action in agency.read(resting).json()["allowed_actions"]}
    assert {action.replace("set-appointment", "appointment") for action in offered} == LEGAL[status][side]
    for action, body in ACTIONS.items():
        if action in LEGAL[status][side]:
            answer = agency.act(_reach(world, status), action, body)
            assert answer.status_code == 200, (action, answer.text)
        else:
            answer = agency.act(resting, action, body)
            assert answer.status_code == 409, (action, answer.text)
            assert answer.json()["current_status"] == status

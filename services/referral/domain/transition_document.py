"""Writes the table of transitions as the Markdown page that people read."""

from __future__ import annotations

from services.referral.domain.status import CONSENT_WITHDRAWN, OUTCOMES, REASONS, TRANSITIONS, Action, Transition

_GUARDS = {
    "consent_in_force": "the consent (or other basis) is in force",
    "consent_is_the_basis": "the basis is consent, not yet withdrawn",
    "not_an_emergency": "the urgency is not emergency",
    "held_before_start": "it was put on hold before the first contact",
    "held_after_start": "it was put on hold after the first contact",
    "sender_still_responsible": "responsibility has not moved (it moves when a transfer is accepted)",
    "feedback_outstanding": "feedback was not given yet",
}
_HEAD = """# The life of a referral

Generated from the one table in `services/referral/domain/status.py` by
`python -m services.referral.entrypoints.cli state-machine`; a test holds the two together.

| from | action | to | who | guard | must give |
|---|---|---|---|---|---|
"""


def as_markdown() -> str:
    """Return the whole page."""
    rows = "".join(_row(row) for row in TRANSITIONS)
    reasons = "".join(f"* **{action.value}**: {', '.join(codes)}\n" for action, codes in REASONS.items())
    return (
        f"{_HEAD}{rows}\n## Codes\n\n{reasons}* **complete** (outcome): {', '.join(OUTCOMES)}\n\n"
        f"A running referral whose consent is withdrawn is cancelled with the reason `{CONSENT_WITHDRAWN}`.\n"
    )


def _row(row: Transition) -> str:
    given = "reason code" if row.reasons else "outcome code" if row.action is Action.COMPLETE else ""
    guard = _GUARDS[row.guard.value] if row.guard else ""
    return f"| {row.source} | {row.action} | {row.target} | {row.who} | {guard} | {given} |\n"

"""Client of the referral service: writing, sending, answering and reading referrals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, ApiClient, Json


class ReferralClient(ApiClient):
    """All calls act for the signed-in user's agency; what is not its own answers 404."""

    def referrals(
        self,
        *,
        direction: str | None = None,
        status: tuple[str, ...] = (),
        cursor: str | None = None,
        limit: int = 100,
    ) -> Json:
        """Read a page of referrals, the latest first."""
        params = {"direction": direction, "status": ",".join(status), "cursor": cursor, "limit": limit}
        return self._get("/referrals", params=params).body

    def create(self, draft: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Write a draft; the same key never writes a second one."""
        return self._post("/referrals", json=dict(draft), idempotency_key=idempotency_key).body

    def referral(self, referral_id: str) -> Answer:
        """Read one referral with its version."""
        return self._get(f"/referrals/{referral_id}")

    def replace_draft(self, referral_id: str, draft: Mapping[str, Any], *, if_match: str) -> Json:
        """Replace a draft that nobody changed since it was read."""
        return self._put(f"/referrals/{referral_id}", json=dict(draft), if_match=if_match).body

    def packet(self, referral_id: str, *, purpose: str | None = None) -> Json:
        """Read the child's data released to the user's agency; every read is recorded."""
        return self._get(f"/referrals/{referral_id}/packet", params={"purpose": purpose}).body

    def history(self, referral_id: str) -> Json:
        """Read who did what and when, and what is due."""
        return self._get(f"/referrals/{referral_id}/history").body

    def send(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Send a draft."""
        return self._act(referral_id, "send", None, idempotency_key, if_match)

    def acknowledge(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Say that it has arrived and was read."""
        return self._act(referral_id, "acknowledge", None, idempotency_key, if_match)

    def accept(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Take it on."""
        return self._act(referral_id, "accept", None, idempotency_key, if_match)

    def reject(self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Turn it down; ``body`` gives ``reason_code``."""
        return self._act(referral_id, "reject", body, idempotency_key, if_match)

    def start(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Say that the first contact with the child has taken place."""
        return self._act(referral_id, "start", None, idempotency_key, if_match)

    def hold(self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Put it on hold; ``body`` gives ``reason_code`` and maybe ``until``."""
        return self._act(referral_id, "hold", body, idempotency_key, if_match)

    def resume(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Go on with it."""
        return self._act(referral_id, "resume", None, idempotency_key, if_match)

    def complete(self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Finish it; ``body`` gives ``outcome_code``."""
        return self._act(referral_id, "complete", body, idempotency_key, if_match)

    def give_feedback(self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Report back to the referring agency; ``body`` gives ``summary`` and maybe ``recommendations``."""
        return self._act(referral_id, "give-feedback", body, idempotency_key, if_match)

    def fail(self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Say that it could not be carried through; ``body`` gives ``reason_code``."""
        return self._act(referral_id, "fail", body, idempotency_key, if_match)

    def cancel(self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Call it off; ``body`` gives ``reason_code``."""
        return self._act(referral_id, "cancel", body, idempotency_key, if_match)

    def withdraw_consent(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Record that the consent was withdrawn."""
        return self._act(referral_id, "withdraw-consent", None, idempotency_key, if_match)

    def mark_entered_in_error(self, referral_id: str, *, idempotency_key: str, if_match: str | None = None) -> Json:
        """Mark it as entered in error."""
        return self._act(referral_id, "mark-entered-in-error", None, idempotency_key, if_match)

    def set_appointment(
        self, referral_id: str, body: Json, *, idempotency_key: str, if_match: str | None = None
    ) -> Json:
        """Say when the child is expected, or whether it came; ``body`` gives ``status`` and ``at``."""
        return self._act(referral_id, "appointment", body, idempotency_key, if_match)

    def _act(self, referral_id: str, action: str, body: Json | None, key: str, if_match: str | None) -> Json:
        path = f"/referrals/{referral_id}/{action}"
        return self._post(path, json=body, idempotency_key=key, if_match=if_match).body

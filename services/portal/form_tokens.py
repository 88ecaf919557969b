"""Tells for whom a form was drawn, by a token that other sites cannot make and that outlives the session."""

from __future__ import annotations

import time

from services.portal.sealing import Seal

_PLACE = b"lidhja portal form"
# Over a long weekend a page may lie open; a token that got out of it is worth nothing after that.
_LIVES_SECONDS = 7 * 24 * 3600


class FormTokens:
    """Tokens that say whose page a form stood on, whatever became of that session.

    They let nobody in: who sends a form must be signed in besides, as the one for whom it was drawn.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._seal = Seal(keys, _PLACE)

    def drawn_for(self, account_id: str) -> str:
        """Return a new token; no two are alike, so that the length of a page tells nothing of it."""
        return self._seal.sealed({"for": account_id, "until": int(time.time()) + _LIVES_SECONDS})

    def owner_of(self, token: str) -> str | None:
        """Return the account for which the form was drawn, or None: another site made it, or it lay too long."""
        content = self._seal.opened(token)
        return str(content["for"]) if content.get("until", 0) > time.time() else None

"""Says with which problem each broken rule is answered."""

from __future__ import annotations

from services.identity.domain.errors import AccountUnknown, AgencyUnknown

_NOT_FOUND = (404, "not-found", "There is nothing here that you may see")
PROBLEMS: dict[type[Exception], tuple[int, str, str]] = {AgencyUnknown: _NOT_FOUND, AccountUnknown: _NOT_FOUND}

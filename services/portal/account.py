"""Who is signed in, as the session tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import session

REFERRING = ("caseworker", "supervisor")
KEEPING = ("municipality_officer", "agency_administrator")


@dataclass(frozen=True)
class Account:
    """The summary of an account that the portal needs to draw its pages."""

    id: str
    name: str
    agency_id: str
    agency_name: str
    country: str
    roles: tuple[str, ...]

    def has_role(self, *roles: str) -> bool:
        """Whether the account holds at least one of the roles."""
        return bool(set(roles) & set(self.roles))

    @property
    def handles_referrals(self) -> bool:
        """Whether the account writes and answers referrals."""
        return self.has_role(*REFERRING)

    @property
    def keeps_listings(self) -> bool:
        """Whether the account writes listings of its agency and looks at those of others."""
        return self.has_role(*KEEPING)


def summary_of(userinfo: Mapping[str, Any]) -> dict[str, Any]:
    """Pick from the issuer's answer what goes into the session."""
    agency = userinfo.get("agency") or {}
    return {
        "id": userinfo.get("account_id") or userinfo["sub"],
        "name": userinfo.get("display_name") or userinfo.get("username") or "",
        "agency_id": agency.get("id", ""),
        "agency_name": agency.get("name", ""),
        "country": agency.get("country", ""),
        "roles": list(userinfo.get("roles", [])),
    }


def current_account() -> Account | None:
    """Return the account of the browser that asks, or None when nobody is signed in."""
    kept = session.get("account")
    if not kept:
        return None
    return Account(**{**kept, "roles": tuple(kept["roles"])})

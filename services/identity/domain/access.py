"""Says which scopes a role or a kind of client may hold, and cuts what is asked for to what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person does in an agency."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    MUNICIPALITY_OFFICER = "municipality_officer"
    AGENCY_ADMINISTRATOR = "agency_administrator"


PARTNER_ROLE = "partner_system"
SERVICE_ROLE = "service"
# What a person's client may learn about the person; they give no access to any API of ours.
OPENID_SCOPES = frozenset({"openid", "profile", "email"})
_CASEWORK = frozenset(
    {"referrals:read", "referrals:write", "packets:read", "notifications:read", "notifications:write"}
)
_SCOPES_OF_ROLE = {
    Role.CASEWORKER: _CASEWORK,
    Role.SUPERVISOR: _CASEWORK,
    Role.MUNICIPALITY_OFFICER: frozenset({"listings:write", "notifications:read", "notifications:write"}),
    # Whoever looks after an agency's systems keeps its listings too: many an agency has nobody else who could.
    Role.AGENCY_ADMINISTRATOR: frozenset(
        {"listings:write", "webhooks:write", "notifications:read", "notifications:write"}
    ),
}
# What a partner's client has unless the operator says otherwise, and the most that he may give it.
DEFAULT_PARTNER_SCOPES = frozenset(
    {"referrals:read", "referrals:write", "packets:read", "notifications:read", "webhooks:write"}
)
PARTNER_SCOPES = DEFAULT_PARTNER_SCOPES | {"listings:write"}
SERVICE_SCOPES = frozenset({"accounts:read", "events:read"})
PERSON_SCOPES = OPENID_SCOPES.union(*_SCOPES_OF_ROLE.values())


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """Return the scopes a person with these roles may hold."""
    return OPENID_SCOPES.union(*(_SCOPES_OF_ROLE[role] for role in roles))


def cut(requested: str | None, allowed: frozenset[str]) -> str | None:
    """Return the part of a requested scope that is allowed, or None when nothing of it is.

    A scope that was not asked for at all (None) means everything allowed; an empty one means nothing.
    """
    if requested is None:
        return " ".join(sorted(allowed)) or None
    return " ".join(sorted(set(requested.split()) & allowed)) or None

"""An account: one person who signs in, with roles in one agency."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.identity.domain.access import Role
from services.identity.domain.errors import AccountInvalid

LANGUAGES = ("en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr", "mk", "rom")
SHORTEST_PASSWORD = 12
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]\Z")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\Z")


def normalise_username(text: str) -> str:
    """Return a typed user name as it is stored: blanks around it and capital letters do not count."""
    return text.strip().lower()


def check_password(password: str) -> None:
    """Raise :class:`AccountInvalid` for a new password that is too short; length is the only rule."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountInvalid(f"a password needs at least {SHORTEST_PASSWORD} characters")


@dataclass(frozen=True)
class Account:
    """One person's account; changes return a new object with the next version."""

    id: str
    agency_id: str
    username: str
    display_name: str
    email: str
    language: str
    roles: frozenset[Role]
    password_hash: str = field(repr=False)
    created_at: datetime
    is_active: bool = True
    version: int = 1

    def __post_init__(self) -> None:
        if not _USERNAME.match(self.username):
            raise AccountInvalid("a user name has 3 to 64 of a-z 0-9 . _ - and starts and ends with a letter or digit")
        if not _EMAIL.match(self.email):
            raise AccountInvalid("an e-mail address is written name@domain")
        if self.language not in LANGUAGES:
            raise AccountInvalid("the language is not one of " + ", ".join(LANGUAGES))
        if not self.roles:
            raise AccountInvalid("an account needs at least one role")
        if not self.display_name.strip() or len(self.display_name) > 120:
            raise AccountInvalid("an account needs a name of at most 120 characters")

    def changed(self, *, roles: frozenset[Role] | None, language: str | None, email: str | None) -> Account:
        """Return the account with what is given replaced; unchanged values give the same object."""
        after = replace(self, roles=roles or self.roles, language=language or self.language, email=email or self.email)
        return self if after == self else replace(after, version=self.version + 1)

    def disabled(self) -> Account:
        """Return the account closed for good measure; one already closed stays as it is."""
        return replace(self, is_active=False, version=self.version + 1) if self.is_active else self

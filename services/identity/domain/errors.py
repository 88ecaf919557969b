"""The rules of identity that a caller can break."""

from __future__ import annotations


class AgencyUnknown(Exception):
    """There is no agency with this id that the caller may see."""


class AccountUnknown(Exception):
    """There is no account with this id that the caller may see."""


class UsernameTaken(Exception):
    """Another account already signs in with this user name."""


class AccountInvalid(ValueError):
    """An account or agency would not keep the rules; the message says which, without the value."""


class SignInRefused(Exception):
    """User name and password do not open an account; never says which of the two was wrong."""


class SignInThrottled(Exception):
    """Too many tries; the next one counts only after ``retry_after_seconds``."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many tries")
        self.retry_after_seconds = retry_after_seconds

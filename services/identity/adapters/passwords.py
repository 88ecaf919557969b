"""Hashes passwords with Argon2id (RFC 9106) and takes as long for accounts that do not exist."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

# Each hashing takes 64 MiB and all cores for about a tenth of a second: more at once only wait for each other.
_AT_ONCE = 2


class Argon2Passwords:
    """The hasher; one object serves all threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._nobody = self._hasher.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """Return a new hash, salted, with its parameters inside."""
        with self._places:
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Check a password; without a hash it takes as long and says no."""
        with self._places:
            try:
                fits = self._hasher.verify(password_hash or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return fits and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

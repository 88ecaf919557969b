"""Makes the reference that people read aloud: no look-alike characters, and no vowels that could spell a word."""

from __future__ import annotations

import secrets

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Return a fresh random reference such as ``LR-7K3M-2Q9D``; uniqueness is the database's to hold."""
    first, second = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))
    return f"LR-{first}-{second}"

"""Makes the name of a file that somebody sent fit to be shown."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)


def shown_file_name(told: str | None) -> str | None:
    """Return the name without folders and without signs that are not seen; None where nothing is left of it."""
    name = _FOLDERS.sub("", told or "")
    seen = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in name)
    return " ".join(seen.split())[:LONGEST].strip() or None

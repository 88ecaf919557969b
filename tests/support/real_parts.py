"""Notes which real parts the tests ran against, for the end of the report."""

from __future__ import annotations

_NOTED: dict[str, None] = {}


def note_real_part(line: str) -> None:
    """Remember one line, such as a server's version; the same line twice is told once."""
    _NOTED[line] = None


def noted_real_parts() -> list[str]:
    """Return the lines noted so far, in order."""
    return list(_NOTED)

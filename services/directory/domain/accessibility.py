"""The vocabulary of what makes a service reachable for people with disabilities, and for those who cannot travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Codes with their English names; the codes are what is stored, filtered by and translated.
ACCESSIBILITY = {
    "wheelchair": "Entrance and rooms without steps",
    "lift": "Lift",
    "accessible-toilet": "Accessible toilet",
    "accessible-parking": "Accessible parking",
    "induction-loop": "Induction loop",
    "sign-language": "Sign language",
    "text-chat": "Writing instead of speaking",
    "easy-read": "Information in easy language",
    "large-print": "Large print",
    "braille": "Braille",
    "quiet-room": "Quiet room",
    "assistance-dog": "Assistance dogs welcome",
    "transport": "Transport is arranged",
    "accompaniment": "Somebody goes along",
    "home-visits": "Home visits",
}
_CODES = {**{code: code for code in ACCESSIBILITY}, **{name.lower(): code for code, name in ACCESSIBILITY.items()}}


def accessibility_told(location: Any) -> list[str] | None:
    """Return the codes among what a location says in HSDS, or None where it says nothing that is known here."""
    listed = location.get("accessibility") if isinstance(location, Mapping) else None
    told = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    words = (str(entry.get(name) or "").strip().lower() for entry in told for name in ("details", "description"))
    return sorted({_CODES[word] for word in words if word in _CODES}) or None

"""Brings a filled form together with what somebody else changed since it was shown, so that nobody's work is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict

from services.portal.forms.fields import Form

# What is written in several fields and holds only together, by the beginnings of their names.
_TOGETHER = {
    "term_": "taxonomy_terms", "location_": "location", "address_1": "location", "postal_code": "location",
    "serves": "serves", "hours_": "schedule", "always_open": "schedule", "tier": "tier", "named_agencies": "tier",
}  # fmt: skip


def seen_in(form: Form) -> str:
    """Return what the form shows of each part, in a few signs; it is sent along and says later what was touched."""
    return json.dumps({part: _sign(said) for part, said in _parts(form).items()}, sort_keys=True)


def brought_together(form: Form, present: Form) -> tuple[list[str], list[str]]:
    """Fill those parts of the form that its writer left alone with what they say now.

    Return the parts that somebody else changed: those filled anew, and those that the writer changed, too, which stay
    as written. A form that does not tell what it showed counts as written by hand from beginning to end.
    """
    seen, written, now = _seen(form), _parts(form), _parts(present)
    shown_now = {part: _sign(said) for part, said in now.items()}
    parts = [part for part in {**now, **written} if shown_now.get(part) != seen.get(part)]
    untouched = [part for part in parts if _sign(written.get(part, ())) == seen.get(part, _sign(()))]
    kept = [(name, value) for name, value in form.fields.items(multi=True) if part_of(name) not in untouched]
    taken = [(name, value) for name, value in present.fields.items(multi=True) if part_of(name) in untouched]
    form.fields = MultiDict([*kept, *taken])
    contested = [part for part in parts if part not in untouched and written.get(part) != now.get(part)]
    return untouched, contested


def part_of(name: str) -> str:
    """Return the part of the form that a field belongs to: as the API calls it, where it is more than the field."""
    return next((part for beginning, part in _TOGETHER.items() if name.startswith(beginning)), name)


def _parts(form: Form) -> dict[str, Sequence[tuple[str, str]]]:
    """Return the fields that are filled, by the parts they belong to, in an order that no browser decides."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for name, value in form.fields.items(multi=True):
        if text := str(value).replace("\r\n", "\n").strip():
            parts.setdefault(part_of(name), []).append((name, text))
    return {part: sorted(said) for part, said in parts.items()}


def _sign(said: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def _seen(form: Form) -> Mapping[str, str]:
    try:
        seen = json.loads(form.text("seen"))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}

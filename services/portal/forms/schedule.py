"""The opening hours of a listing in its form: as many rows as there are entries, and some empty ones to fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form

MOST_ROWS = 21
_EMPTY_ROWS = 2
# An import may have told more than the API takes; then the form shows all of them and the API says what is too much.
_READ_ROWS = 200
_FIRST = "hours_0_days"


def rows_of(form: Form) -> range:
    """Return the numbers of the rows that the form shows; they are sent along, for a browser leaves out empty ones."""
    known = form.text("hours_rows")
    return range(min(int(known), _READ_ROWS) if known.isdecimal() else _EMPTY_ROWS)


def schedule_of(form: Form) -> list[dict[str, Any]]:
    """Return all entries; a row that is begun and not finished is an error beside it, and so is one too many."""
    entries = [entry for row in rows_of(form) if (entry := _entry(form, row))]
    if form.text("always_open") and entries:
        form.errors[_FIRST] = _("“Open day and night” leaves no other hours. Take away the tick, or empty the hours.")
    return entries


def _entry(form: Form, row: int) -> dict[str, Any] | None:
    days = [day for day in wording.DAYS if form.has(f"hours_{row}_days", day)]
    opens, closes = form.text(f"hours_{row}_opens")[:5], form.text(f"hours_{row}_closes")[:5]
    note, on_holidays = form.at_most(f"hours_{row}_note", 200), bool(form.text(f"hours_{row}_holidays"))
    if not days and not opens and not closes and not on_holidays:
        if note:
            form.errors[f"hours_{row}_days"] = _(
                "A note stands beside hours. Write these too, or put the note into the description."
            )
        return None
    if not days or not opens or not closes:
        form.errors[f"hours_{row}_days"] = _("Choose the days and write both times, or leave all of it empty.")
        return None
    entry = {"byday": ",".join(days), "opens_at": opens, "closes_at": "24:00" if closes == "00:00" else closes}
    more: dict[str, Any] = {"description": note} if note else {}
    return entry | more | ({"open_on_holidays": True} if on_holidays else {})


def fields_of(schedule: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the form's fields for what a listing says, one row for each entry, so that none is lost when saved."""
    fields: dict[str, Any] = {"hours_rows": str(max(min(len(schedule) + _EMPTY_ROWS, MOST_ROWS), len(schedule)))}
    for row, entry in enumerate(schedule):
        fields |= {
            f"hours_{row}_days": str(entry["byday"]).split(","),
            f"hours_{row}_opens": entry["opens_at"],
            # A field for a time of day knows no 24:00.
            f"hours_{row}_closes": "00:00" if entry["closes_at"] == "24:00" else entry["closes_at"],
            f"hours_{row}_note": entry.get("description", ""),
            f"hours_{row}_holidays": "yes" if entry.get("open_on_holidays") else "",
        }
    return fields

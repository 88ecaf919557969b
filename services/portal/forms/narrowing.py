"""What a search asks for, piece by piece: to be taken away again, and what it could ask for besides, with counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.forms.searching import DISTANCES, SEXES, SORTS, has_centre
from services.portal.presenters import need_name, place_label

# Which choice each count of the directory is about.
FACETS = {"term": "need", "language": "language", "accessibility": "accessibility", "sex": "sex", "accepts": "accepts"}
_MOST = 12
_TICKED = ("open_now", "accepts")
_SEVERAL = ("accessibility",)
# What one button may choose; everything else is written or picked in the form.
_CHOSEN = ("need", "language", "sex", "accessibility", "sort", *_TICKED)


@dataclass(frozen=True)
class Wish:
    """One thing that is asked for, or could be; ``count`` is how many services there are then."""

    field: str
    value: str
    label: str
    count: int | None = None

    @property
    def code(self) -> str:
        """What a button sends to choose it, or to take it away."""
        return f"{self.field}:{self.value}"


def change(form: Form, place: Mapping[str, Any] | None) -> None:
    """Do to the form what the button that was pressed says: choose one thing more, or take one away.

    Without its municipality a search stays in the country of it: nobody who looks for help means the whole region.
    """
    field, _colon, value = form.text("choose").partition(":")
    if field in _SEVERAL:
        form.fields.setlist(field, [*form.several(field), value])
    elif field in _CHOSEN:
        form.fields[field] = value
    field, _colon, value = form.text("drop").partition(":")
    if field in _SEVERAL:
        form.fields.setlist(field, [kept for kept in form.several(field) if kept != value])
    else:
        form.fields.poplist(field)
    if field == "municipality":
        form.fields.poplist("municipality_choice")
        form.fields.poplist("within_km")
        form.fields["country"] = str(place["country"]) if place else ""
    for pressed in ("choose", "drop"):
        form.fields.poplist(pressed)


def wishes_of(form: Form, place: Mapping[str, Any] | None) -> list[Wish]:
    """Return what is asked for, in the order of the form."""
    return list(_wishes(form, place))


def _wishes(form: Form, place: Mapping[str, Any] | None) -> Iterator[Wish]:
    if words := form.text("search"):
        yield Wish("search", "", f"“{words}”")
    if need := form.text("need"):
        yield Wish("need", need, need_name(need))
    if place:
        yield Wish("municipality", "", place_label(place))
        if form.text("within_km") in DISTANCES:
            yield Wish("within_km", "", f"{form.text('within_km')} km")
    elif form.text("country") in wording.COUNTRIES:
        yield Wish("country", "", str(wording.COUNTRIES[form.text("country")]))
    if age := form.text("age"):
        yield Wish("age", "", _("Age: %(age)s", age=age))
    for field in ("sex", "language", "accessibility"):
        for value in form.several(field):
            if label := _label(field, value):
                yield Wish(field, value, label)
    for field in _TICKED:
        if form.text(field):
            yield Wish(field, "", _label(field, "true"))


def offered(form: Form, found: Mapping[str, Any], *, open_now: int) -> list[tuple[str, list[Wish]]]:
    """Return by heading what would make the list shorter; what holds for all that was found helps nobody choose.

    ``open_now`` is how many of them are open as far as that is known.
    """
    total, facets = found["total_items"], found.get("facets") or {}
    counted = {field: _counted(form, field, facets.get(facet) or (), total) for facet, field in FACETS.items()}
    opened = [Wish("open_now", "yes", _label("open_now", "true"), open_now)] if open_now else []
    groups = [
        (_("Kind of help"), counted["need"]),
        (_("Today"), [*(wish for wish in opened if wish.count != total), *counted["accepts"]]),
        (_("Language"), counted["language"]),
        (_("Sex"), counted["sex"]),
        (_("Accessibility"), counted["accessibility"]),
    ]
    return [(heading, wishes) for heading, wishes in groups if wishes]


def _counted(form: Form, field: str, values: Sequence[Mapping[str, Any]], total: int) -> list[Wish]:
    wishes = []
    for value, count in ((str(entry["value"]), int(entry["count"])) for entry in values):
        label = _label(field, value)
        is_new = not form.has(field, value) and not (field in _TICKED and form.text(field))
        # Another kind of help may be found more often than the present one; anything else only narrows.
        tells = count != total or bool(form.text(field))
        if label and is_new and tells:
            wishes.append(Wish(field, value, label, count))
    return wishes[:_MOST]


def _label(field: str, value: str) -> str:
    """Return the words for a value, empty where it is none to choose."""
    if field == "need":
        return need_name(value)
    if field in _TICKED:
        words = {"open_now": _("Open now"), "accepts": _("Has room now")}
        return str(words[field]) if value == "true" else ""
    known: Mapping[str, Any] = {
        "language": wording.SPOKEN,
        "accessibility": wording.ACCESSIBILITY,
        "sex": {code: wording.SEX[code] for code in SEXES},
    }[field]
    return str(known.get(value, ""))


def orders(filters: Mapping[str, Any]) -> list[tuple[Wish, bool]]:
    """Return the orders in which the list can be read, each with whether it is the present one."""
    words = {
        "": _("Best first"),
        "distance": _("Nearest first"),
        "capacity": _("Free places first"),
        "freshness": _("Newly changed first"),
        "name": _("By name"),
    }
    usable = [code for code in ("", *SORTS) if code != "distance" or has_centre(filters)]
    return [(Wish("sort", code, str(words[code])), code == (filters.get("sort") or "")) for code in usable]

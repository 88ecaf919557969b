"""The form of /find: for whom help is sought, as the directory's matches take it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form

_BANDS = ((5, "0-5"), (11, "6-11"), (14, "12-14"), (17, "15-17"), (24, "18-24"))
NEED_FIELDS = ("need_1", "need_2", "need_3")


def needs_of(form: Form) -> list[str]:
    """Return the chosen needs, each once; the first field is required."""
    form.required("need_1", _("Choose what the child needs."))
    return list(dict.fromkeys(filter(None, (form.text(name) for name in NEED_FIELDS))))


def criteria_of(form: Form) -> dict[str, Any]:
    """Return the body for POST /matches; look at ``form.errors`` before using it."""
    criteria: dict[str, Any] = {"needs": needs_of(form)}
    age = form.number("age", high=24)
    if age is not None:
        criteria["age"] = age
    if form.text("sex") in wording.SEX:
        criteria["sex"] = form.text("sex")
    spoken = [code for code in form.several("languages") if code in wording.SPOKEN]
    if spoken:
        criteria["languages"] = spoken
    place = form.place("municipality")
    if place:
        criteria["municipality"] = place
        if form.text("within_km") in ("10", "30", "60", "100"):
            criteria["within_km"] = int(form.text("within_km"))
    asked = [code for code in form.several("accessibility") if code in wording.ACCESSIBILITY]
    if asked:
        criteria["accessibility"] = asked
    if form.text("open_now"):
        criteria["open_at"] = "now"
    if form.text("same_country"):
        criteria["across_borders"] = False
    criteria["urgency"] = form.text("urgency") if form.text("urgency") in wording.URGENCY else "routine"
    return criteria


def age_band(age: int | None) -> str:
    """Return the band that the triage tells instead of the age."""
    return next((band for highest, band in _BANDS if age is not None and age <= highest), "unknown")

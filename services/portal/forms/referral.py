"""The form of a referral: what is filled in becomes the draft that the referral API takes, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext, to_user_timezone

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.forms.finding import NEED_FIELDS, age_band, needs_of
from services.portal.presenters import parsed, place_name

# Groups and fields in the order of the page; "day" and "choice" need more than text.
GROUPS: dict[str, dict[str, str]] = {
    "identity": {
        "given_name": "line", "family_name": "line", "date_of_birth": "day", "other_names": "line",
        "national_id": "line", "nationality": "line",
    },
    "contact": {"phone": "line", "email": "line", "address": "line", "safe_to_contact": "line", "notes": "text"},
    "caregiver": {
        "name": "line", "relationship": "line", "phone": "line", "address": "line", "is_informed": "choice",
        "may_be_contacted": "choice", "notes": "text",
    },
    "situation": {"reason": "text", "summary": "text", "safety_concerns": "text", "services_already_given": "text"},
    "health": {"notes": "text"},
    "trafficking": {"notes": "text"},
}  # fmt: skip
_LONGEST = {"line": 200, "text": 2000}
_CONSENT_FIELDS = ("basis", "given_by", "form", "data_groups", "obtained_on", "override_reason")
_YES_NO = {"yes": True, "no": False}


def draft_of(form: Form, *, service_id: str, is_complete: bool) -> dict[str, Any]:
    """Return the draft; ``is_complete`` demands the consent too. Look at ``form.errors`` before using it."""
    draft: dict[str, Any] = {
        "kind": form.text("kind") if form.text("kind") in wording.KIND else "referral",
        "service_id": service_id,
        "urgency": _one_of(form, "urgency", wording.URGENCY, _("Choose how urgent it is.")),
        "triage": _triage(form),
    }
    if form.text("case_reference"):
        draft["case_reference"] = form.text("case_reference")[:60]
    packet = {group: _group(form, group) for group in GROUPS}
    draft["packet"] = {group: content for group, content in packet.items() if content}
    begun = any(form.text(f"consent.{name}") for name in _CONSENT_FIELDS)
    if is_complete or begun:
        draft["consent"] = _consent(form, filled=set(draft["packet"]))
    return draft


def _triage(form: Form) -> dict[str, Any]:
    place = form.place("municipality")
    triage: dict[str, Any] = {
        "needs": needs_of(form),
        "age_band": _one_of(form, "age_band", wording.AGE_BANDS, _("Choose the age.")),
        "sex": _one_of(form, "sex", wording.SEX, _("Choose one.")),
        "languages": [code for code in form.several("languages") if code in wording.SPOKEN],
        "special_needs": [code for code in form.several("special_needs") if code in wording.SPECIAL_NEEDS],
    }
    return triage | ({"municipality": place} if place else {})


def _group(form: Form, group: str) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, kind in GROUPS[group].items():
        field = f"{group}.{name}"
        if kind == "day":
            content[name] = form.date(field)
        elif kind == "choice":
            content[name] = _YES_NO.get(form.text(field))
        else:
            content[name] = form.text(field)
            if len(content[name]) > _LONGEST[kind]:
                form.errors[field] = _too_long(_LONGEST[kind])
    return {name: value for name, value in content.items() if value not in (None, "")}


def _too_long(longest: int) -> str:
    return ngettext("Please shorten this to %(num)s character.", "Please shorten this to %(num)s characters.", longest)


def _consent(form: Form, *, filled: set[str]) -> dict[str, Any]:
    basis = _one_of(form, "consent.basis", wording.BASIS, _("Choose on what basis you share this."))
    groups = [group for group in form.several("consent.data_groups") if group in GROUPS]
    if not groups:
        form.errors["consent.data_groups"] = _("Choose at least one part that may be shared.")
    elif filled and not filled & set(groups):
        form.errors["consent.data_groups"] = _("Nothing that you wrote is covered. Choose what may be shared.")
    consent: dict[str, Any] = {"basis": basis, "data_groups": groups}
    if basis == "consent":
        consent |= _given_consent(form)
    else:
        consent |= {
            "given_by": form.text("consent.given_by") or "none",
            "form": form.text("consent.form") or "none",
        }
        if basis:
            message = _("Say why it is right to share this without consent.")
            consent["override_reason"] = form.required("consent.override_reason", message)[:1000]
    consent |= {
        "language": form.text("consent.language"),
        "child_assent": form.text("consent.child_assent"),
        "obtained_at": form.moment("consent.obtained_on"),
        "valid_until": form.moment("consent.valid_until"),
    }
    return {name: value for name, value in consent.items() if value not in (None, "")}


def _given_consent(form: Form) -> dict[str, Any]:
    form.required("consent.obtained_on", _("Write the day on which consent was given."))
    given = {name: text for name, text in wording.GIVEN_BY.items() if name != "none"}
    shape = {name: text for name, text in wording.CONSENT_FORM.items() if name != "none"}
    if form.text("consent.child_assent") == "refused":
        form.errors["consent.child_assent"] = _(
            "A child that does not agree must not be referred by consent. Choose another basis, with its reason."
        )
    return {
        "given_by": _one_of(form, "consent.given_by", given, _("Choose who gave the consent.")),
        "form": _one_of(form, "consent.form", shape, _("Choose how it was given.")),
    }


def _one_of(form: Form, name: str, allowed: Mapping[str, Any], message: str) -> str:
    value = form.text(name)
    if value not in allowed:
        form.errors[name] = message
    return value


def form_of_search(criteria: Mapping[str, Any] | None) -> Form:
    """Return a fresh form, filled with what was sought last."""
    if not criteria:
        return Form({"kind": "referral", "urgency": "", "languages": []})
    fields: dict[str, Any] = {
        "kind": "referral",
        "urgency": criteria["urgency"],
        "age_band": age_band(criteria["age"]) if "age" in criteria else "",
        "sex": criteria.get("sex", ""),
        "languages": list(criteria.get("languages", [])),
        "municipality": place_name(criteria.get("municipality")),
    }
    return Form(fields | dict(zip(NEED_FIELDS, criteria["needs"], strict=False)))


def form_of_draft(referral: Mapping[str, Any], packet: Mapping[str, Any]) -> Form:
    """Return the form filled with a draft as its own agency reads it."""
    triage, consent = referral["triage"], referral.get("consent") or {}
    fields: dict[str, Any] = {
        "kind": referral["kind"],
        "urgency": referral["urgency"],
        "case_reference": packet.get("case_reference") or "",
        "age_band": triage["age_band"],
        "sex": triage["sex"],
        "municipality": place_name(triage.get("municipality")),
        "languages": triage.get("languages") or [],
        "special_needs": triage.get("special_needs") or [],
        "consent.override_reason": packet.get("override_reason") or "",
        "consent.obtained_on": _day_of(consent.get("obtained_at")),
        "consent.valid_until": _day_of(consent.get("valid_until")),
    }
    fields |= dict(zip(NEED_FIELDS, triage["needs"], strict=False))
    for name in ("basis", "given_by", "form", "language", "child_assent", "data_groups"):
        fields[f"consent.{name}"] = consent.get(name) or ""
    for group, content in packet["groups"].items():
        for name, value in content.items():
            fields[f"{group}.{name}"] = (
                {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            )
    return Form(fields)


def _day_of(moment: str | None) -> str:
    return to_user_timezone(parsed(moment)).date().isoformat() if moment else ""

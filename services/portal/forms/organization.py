"""The form of an organization: what its keepers fill in becomes what the directory API takes, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.clients.api import ApiProblem
from services.portal.forms import translations
from services.portal.forms.fields import Errors, Form
from services.portal.refusals import told, unreadable

_OPTIONAL = {"alternate_name": 200, "email": 254, "website": 500, "phone": 40}
_ASKED = ("name", "description", "source_language", *_OPTIONAL)


def form_of(organization: Mapping[str, Any]) -> Form:
    """Return the form filled with what an organization says of itself."""
    return Form({name: organization.get(name) or "" for name in _ASKED})


def languages_offered(form: Form) -> dict[str, str]:
    """Return the languages that the texts may be written in, the one that is named already among them."""
    present = form.text("source_language")
    return translations.offered() | ({} if not present or present in translations.offered() else {present: present})


def all_said(organization: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that an organization says of itself, as it is sent when changed."""
    return {name: organization[name] for name in wording.ORGANIZATION_FIELDS if organization.get(name)}


def said_of(form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what it says from now on, its translations as they were; look at ``form.errors`` before using it."""
    said = {
        "name": form.required("name", _("Write the organization's name."), longest=200),
        "description": form.required("description", _("Say in a sentence what it does."), longest=5000),
    }
    if form.text("source_language") in languages_offered(form):
        said["source_language"] = form.text("source_language")
    if before.get("translations"):
        said["translations"] = before["translations"]
    return said | {name: text for name, longest in _OPTIONAL.items() if (text := form.at_most(name, longest))}


def note(form: Form, problem: ApiProblem) -> None:
    """Put what the API refused beside the field; raises what no change of the form can mend."""
    form.errors |= _errors_of(problem)


def _errors_of(problem: ApiProblem) -> Errors:
    if problem.status == 412:
        return {"name": _("Somebody changed this in the meantime. If you save now, your text replaces theirs.")}
    words = told(problem)
    if words:
        return {"name": words}
    if problem.status == 409:
        return {"name": _("Nothing was saved: a change is in review. Take it back from review to go on with it.")}
    if problem.status not in (400, 422):
        raise problem
    named = [str(rule.get("pointer", "")).strip("/").split("/")[0] for rule in problem.broken_rules]
    named += problem.members.get("fields") or ()
    fields = [name for name in named if name in _ASKED] or ["name"]
    return {name: unreadable(name) for name in fields}

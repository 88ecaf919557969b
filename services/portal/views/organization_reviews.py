"""A second pair of eyes on what organizations say: submitting it, reading it beside what is published, deciding."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from services.portal import wording
from services.portal.account import KEEPING
from services.portal.clients.reviews import organization_at
from services.portal.forms.fields import Form
from services.portal.revisions import differences
from services.portal.security import needs_role
from services.portal.views import clients, steps_of_review

blueprint = Blueprint("organization_reviews", __name__)
_STEPS = {
    "submit": _l("Submitted. A second person looks at it now."),
    "recall": _l("It is taken back from review."),
    "approve": _l("Approved. Everybody reads it now."),
    "publish": _l("Published. Everybody reads it now."),
    "discard": _l("The change is given up. What was published stays as it is."),
}


@blueprint.get("/organizations/<uuid:organization_id>/proposal")
@needs_role(*KEEPING)
def proposal(organization_id: Any) -> Any:
    """Show what would change, to whoever may decide and to whoever wrote it."""
    return _page(str(organization_id), Form({}))


@blueprint.post("/organizations/<uuid:organization_id>/step/<step>")
@needs_role(*KEEPING)
def step(organization_id: Any, step: str) -> Any:
    """Take a step that needs no words."""
    steps_of_review.take_step(organization_at(organization_id), step, _STEPS)
    return redirect(url_for("organizations.organization", organization_id=organization_id))


@blueprint.post("/organizations/<uuid:organization_id>/proposal")
@needs_role(*KEEPING)
def decide(organization_id: Any) -> Any:
    """Send it back with a reason, or only say something about it."""
    form = Form(request.form)
    steps_of_review.decide(organization_at(organization_id), form)
    if form.errors:
        return _page(str(organization_id), form), 400
    return redirect(url_for("reviewing.queue"))


def _page(organization_id: str, form: Form) -> str:
    directory = clients().directory
    proposed = directory.proposal(organization_at(organization_id))
    found = directory.own_organization(organization_id).body
    changes = differences(wording.ORGANIZATION_FIELDS, found, proposed.body["content"])
    return render_template(
        "organization_review.html", organization=found, changes=changes, etag=proposed.etag, form=form
    )

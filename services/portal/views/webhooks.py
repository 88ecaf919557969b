"""Webhook endpoints of an agency's own systems; for agency administrators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("webhooks", __name__)
_ADMINISTRATOR = "agency_administrator"


@blueprint.get("/webhooks")
@needs_role(_ADMINISTRATOR)
def webhooks() -> Any:
    """List the endpoints."""
    return render_template("webhooks.html", endpoints=clients().notify.webhook_endpoints(), form=Form({}))


@blueprint.post("/webhooks")
@needs_role(_ADMINISTRATOR)
def create() -> Any:
    """Register an endpoint and show its secret, this once."""
    form = Form(request.form)
    url = form.required("url", _("Write the address of your system."))
    if not form.errors:
        try:
            created = clients().notify.create_webhook_endpoint(
                {"url": url, "description": form.text("description")[:200]}
            )
        except ApiProblem as problem:
            form.errors["url"] = _refusal(problem)
        else:
            return render_template("webhook_created.html", endpoint=created)
    endpoints = clients().notify.webhook_endpoints()
    return render_template("webhooks.html", endpoints=endpoints, form=form), 400


@blueprint.get("/webhooks/<uuid:endpoint_id>")
@needs_role(_ADMINISTRATOR)
def webhook(endpoint_id: Any) -> Any:
    """Show an endpoint and what was tried."""
    notify = clients().notify
    endpoint = notify.webhook_endpoint(str(endpoint_id))
    attempts = notify.webhook_attempts(str(endpoint_id), cursor=request.args.get("cursor"))
    return render_template("webhook.html", endpoint=endpoint, attempts=attempts)


@blueprint.post("/webhooks/<uuid:endpoint_id>/test")
@needs_role(_ADMINISTRATOR)
def test(endpoint_id: Any) -> Any:
    """Queue a test delivery."""
    clients().notify.test_webhook_endpoint(str(endpoint_id))
    flash(_("A test is on its way. Reload this page in a moment to see what came of it."))
    return redirect(url_for("webhooks.webhook", endpoint_id=endpoint_id))


@blueprint.post("/webhooks/<uuid:endpoint_id>/delete")
@needs_role(_ADMINISTRATOR)
def delete(endpoint_id: Any) -> Any:
    """Remove an endpoint."""
    clients().notify.delete_webhook_endpoint(str(endpoint_id))
    flash(_("The endpoint is removed. Nothing is sent to it any more."))
    return redirect(url_for("webhooks.webhooks"))


def _refusal(problem: ApiProblem) -> str:
    if problem.slug == "webhook-endpoint-exists":
        return _("This address is registered already.")
    if problem.slug == "too-many-webhook-endpoints":
        return _("Your agency has too many endpoints. Remove one first.")
    if problem.status in (400, 422):
        return _("This address may not be used: it must begin with https:// and must not lead into a private network.")
    raise problem

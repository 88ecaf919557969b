"""Importing a file of services: trying it, reading what would become of each row, and then doing it."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import KEEPING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.languages import current_language
from services.portal.refusals import refusals_shown, told
from services.portal.security import needs_role, takes_files
from services.portal.views import clients

blueprint = Blueprint("importing", __name__)
# As much as the API takes, with what a form adds.
_LARGEST = 513 * 1024 * 1024
_UNDER_WAY = ("waiting", "running")
_ENDINGS = {"csv": "csv", "hsds-package": "zip", "hsds-json": "json", "ndjson": "ndjson"}
_SPELLED = {"sr-Cyrl": "sr"}


@blueprint.get("/imports")
@needs_role(*KEEPING)
def imports() -> Any:
    """Show the form, and what was imported before."""
    organizations = _organizations()
    only = next(iter(organizations)) if len(organizations) == 1 else ""
    return _list_page(Form({"format": "csv", "duplicates": "skip", "organization_id": only}), organizations)


@blueprint.post("/imports")
@takes_files(_LARGEST)
@needs_role(*KEEPING)
def create() -> Any:
    """Take a file and try it; nothing is changed before somebody has read the report."""
    form, file = Form(request.form), request.files.get("file")
    content = file.stream if file else io.BytesIO()
    if not content.read(1):
        form.errors["file"] = _("Choose a file that is not empty.")
    if form.text("format") not in wording.IMPORT_FORMATS:
        form.errors["format"] = _("Choose one.")
    if form.errors:
        return _list_page(form), 400
    content.seek(0)
    try:
        made = clients().directory.create_import(
            content,
            name=(file.filename or "") if file else "",
            idempotency_key=form.text("form_key"),
            format=form.text("format"),
            dry_run="true",
            publish="true" if form.text("publish") else "false",
            organization_id=form.text("organization_id") or None,
            country=form.text("country") or None,
            duplicates="skip" if form.text("duplicates") == "skip" else "create",
        )
    except ApiProblem as problem:
        if problem.status not in (400, 404, 409, 413, 422, 429):
            raise
        otherwise = _("The directory did not take this file. Please check the choices below.")
        form.errors["file"] = told(problem) or otherwise
        if problem.status == 429:
            form.errors["file"] = _("Files of your agency are waiting already. Send this one when they are done.")
        return _list_page(form), 400
    return redirect(url_for("importing.report", import_id=made["id"]))


@blueprint.get("/imports/<uuid:import_id>")
@needs_role(*KEEPING)
def report(import_id: Any) -> Any:
    """Show how far it is, and what became or would become of each row."""
    directory = clients().directory
    answer = directory.import_of(str(import_id))
    found = answer.body
    action = request.args.get("action") if request.args.get("action") in wording.ROW_ACTIONS else None
    rows = directory.import_rows(str(import_id), action=action, cursor=request.args.get("cursor", type=int))
    is_under_way = found["state"] in _UNDER_WAY
    return render_template(
        "import.html",
        found=found,
        etag=answer.etag,
        rows=rows,
        action=action,
        is_under_way=is_under_way,
        organizations=_organizations() if found.get("organization_id") else {},
    )


@blueprint.post("/imports/<uuid:import_id>/<any(apply, cancel):what>")
@needs_role(*KEEPING)
def decide(import_id: Any, what: str) -> Any:
    """Do what was tried, or stop."""
    directory, seen = clients().directory, request.form.get("etag", "")
    with refusals_shown():
        if what == "apply":
            directory.apply_import(str(import_id), if_match=seen)
        else:
            directory.cancel_import(str(import_id), if_match=seen)
            flash(_("The import is stopped. What was written before stays."), "done")
    return redirect(url_for("importing.report", import_id=import_id))


@blueprint.get("/imports/template")
@needs_role(*KEEPING)
def template() -> Any:
    """Hand out the empty table."""
    code = current_language()
    content = clients().directory.import_template(_SPELLED.get(code, code))
    if not content:
        abort(404)
    disposition = {"Content-Disposition": 'attachment; filename="lidhja.csv"'}
    return Response(content, mimetype="text/csv", headers=disposition)


@blueprint.get("/exports/<any(csv, 'hsds-package', 'hsds-json', ndjson):format>")
@needs_role(*KEEPING)
def export(format: str) -> Any:
    """Hand out what the agency keeps, in a format that can be imported again."""
    disposition = {"Content-Disposition": f'attachment; filename="lidhja.{_ENDINGS[format]}"'}
    return Response(clients().directory.export(format), mimetype="application/octet-stream", headers=disposition)


def _organizations() -> dict[str, str]:
    """Return the names of the organizations that the agency keeps."""
    return {entry["id"]: entry["name"] for entry in clients().directory.own_organizations()}


def _list_page(form: Form, organizations: dict[str, str] | None = None) -> str:
    page = clients().directory.imports(cursor=request.args.get("cursor"))
    organizations = organizations or _organizations()
    return render_template("imports.html", form=form, page=page, organizations=organizations)

"""A listing's texts in other languages, field by field, with who wrote each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal.clients.api import ApiProblem
from services.portal.forms import translations
from services.portal.forms.fields import Form
from services.portal.forms.sending import refusals_noted
from services.portal.refusals import refusal
from services.portal.revisions import content_of, working_copy
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("translating", __name__)
_OFFICER = "municipality_officer"


@blueprint.get("/listings/<uuid:listing_id>/translations")
@needs_role(_OFFICER)
def languages(listing_id: Any) -> Any:
    """Show which languages there are, and offer the others."""
    listing = working_copy(clients().directory.listing(str(listing_id)).body)
    return render_template(
        "translations.html", listing=listing, marks=translations.marks(listing), offered=translations.offered()
    )


@blueprint.get("/listings/<uuid:listing_id>/translations/<language>")
@needs_role(_OFFICER)
def edit(listing_id: Any, language: str) -> Any:
    """Show the texts beside those of the listing's own language."""
    answer = clients().directory.listing(str(listing_id))
    listing = working_copy(answer.body)
    return _page(listing, language, translations.form_of(listing, language), answer.etag)


@blueprint.post("/listings/<uuid:listing_id>/translations/<language>")
@needs_role(_OFFICER)
def save(listing_id: Any, language: str) -> Any:
    """Save one language; all else of the listing stays as it is."""
    if language not in translations.offered():
        abort(404)
    directory, form = clients().directory, Form(request.form)
    listing = working_copy(directory.listing(str(listing_id)).body)
    content = content_of(listing)
    content["translations"] = translations.translations_of(form, listing, language)
    etag: str | None = form.text("etag")
    if not form.errors:
        with refusals_noted(form, _note):
            directory.revise_listing(str(listing_id), content, if_match=form.text("etag"))
            flash(_("The translation is saved."), "done")
            return redirect(url_for("translating.languages", listing_id=listing_id))
    if form.is_stale:
        answer = directory.listing(str(listing_id))
        listing, etag = working_copy(answer.body), answer.etag
    return _page(listing, language, form, etag), 400


def _note(form: Form, problem: ApiProblem) -> None:
    if problem.status == 412:
        form.errors["name"] = _(
            "Somebody changed this listing in the meantime. If you save now, your text replaces theirs."
        )
        return
    form.errors["name"] = refusal(problem)


def _page(listing: Mapping[str, Any], language: str, form: Form, etag: str | None) -> str:
    if language not in translations.offered():
        abort(404)
    return render_template(
        "translation_form.html",
        listing=listing,
        language_code=language,
        language_name=translations.offered()[language],
        texts=translations.texts_of(listing, language),
        fields=translations.FIELDS,
        form=form,
        etag=etag,
    )

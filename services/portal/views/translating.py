"""What listings and organizations say in other languages, field by field, with who wrote each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal.account import KEEPING
from services.portal.clients.api import Answer, ApiProblem
from services.portal.forms import translations
from services.portal.forms.fields import Form
from services.portal.forms.organization import all_said
from services.portal.forms.sending import refusals_noted, version_to_send
from services.portal.refusals import refusal
from services.portal.revisions import content_of, working_copy, working_copy_of_organization
from services.portal.security import needs_role
from services.portal.views import clients
from services.portal.views.organizations import is_kept_by_us, told_to_submit

blueprint = Blueprint("translating", __name__)


@blueprint.get("/listings/<uuid:listing_id>/translations")
@needs_role(*KEEPING)
def languages(listing_id: Any) -> Any:
    """Show which languages a listing has, and offer the others."""
    return _languages_page(
        working_copy(clients().directory.listing(str(listing_id)).body),
        back=url_for("listings.listing", listing_id=listing_id),
        lead=_(
            "Whoever reads in one of these languages sees the translated texts; what is missing is shown in the "
            "language of the listing."
        ),
    )


@blueprint.get("/listings/<uuid:listing_id>/translations/<language>")
@needs_role(*KEEPING)
def edit(listing_id: Any, language: str) -> Any:
    """Show the texts beside those of the listing's own language."""
    answer = clients().directory.listing(str(listing_id))
    listing = working_copy(answer.body)
    return _page(listing, language, translations.form_of(listing, language), answer.etag)


@blueprint.post("/listings/<uuid:listing_id>/translations/<language>")
@needs_role(*KEEPING)
def save(listing_id: Any, language: str) -> Any:
    """Save one language; all else of the listing stays as it is."""
    _check_offered(language)
    directory, form = clients().directory, Form(request.form)
    answer = directory.listing(str(listing_id))
    listing = working_copy(answer.body)
    content = content_of(listing)
    content["translations"] = translations.translations_of(form, listing, language)
    if not form.errors:
        with refusals_noted(form, _note):
            directory.revise_listing(str(listing_id), content, if_match=form.text("etag"))
            flash(_("The translation is saved."), "done")
            return redirect(url_for("translating.languages", listing_id=listing_id))
    return _page(listing, language, form, version_to_send(form, answer.etag)), 400


@blueprint.get("/organizations/<uuid:organization_id>/translations")
@needs_role(*KEEPING)
def languages_of_organization(organization_id: Any) -> Any:
    """Show which languages an organization has, and offer the others."""
    return _languages_page(
        _kept(organization_id).body,
        back=url_for("organizations.organization", organization_id=organization_id),
        lead=_(
            "Whoever reads in one of these languages sees the translated texts, and the official name beside a "
            "translated one."
        ),
    )


@blueprint.get("/organizations/<uuid:organization_id>/translations/<language>")
@needs_role(*KEEPING)
def edit_of_organization(organization_id: Any, language: str) -> Any:
    """Show the texts beside those of the organization's own language."""
    answer = _kept(organization_id)
    return _page(answer.body, language, translations.form_of(answer.body, language), answer.etag)


@blueprint.post("/organizations/<uuid:organization_id>/translations/<language>")
@needs_role(*KEEPING)
def save_of_organization(organization_id: Any, language: str) -> Any:
    """Save one language; all else that the organization says stays as it is."""
    _check_offered(language)
    form, answer = Form(request.form), _kept(organization_id)
    texts = translations.translations_of(form, answer.body, language, translations.FIELDS_OF_ORGANIZATION)
    if not form.errors:
        with refusals_noted(form, _note_of_organization):
            said = all_said(answer.body) | {"translations": texts}
            saved = clients().directory.revise_organization(str(organization_id), said, if_match=form.text("etag"))
            flash(told_to_submit(saved) or _("The translation is saved."), "done")
            return redirect(url_for("translating.languages_of_organization", organization_id=organization_id))
    return _page(answer.body, language, form, version_to_send(form, answer.etag)), 400


def _kept(organization_id: Any) -> Answer:
    """Return what an organization that the agency keeps itself is to say; a delegate has nothing to translate."""
    answer = clients().directory.own_organization(str(organization_id))
    if not is_kept_by_us(answer.body):
        abort(404)
    return replace(answer, body=working_copy_of_organization(answer.body))


def _note(form: Form, problem: ApiProblem) -> None:
    if problem.status == 412:
        form.errors["name"] = _(
            "Somebody changed this listing in the meantime. If you save now, your text replaces theirs."
        )
        return
    form.errors["name"] = refusal(problem)


def _note_of_organization(form: Form, problem: ApiProblem) -> None:
    if problem.status not in (409, 412):
        raise problem
    is_stale = problem.status == 412
    form.errors["name"] = (
        _("Somebody changed this in the meantime. If you save now, your text replaces theirs.")
        if is_stale
        else _("Nothing was saved: a change is in review. Take it back from review to go on with it.")
    )


def _check_offered(language: str) -> None:
    if language not in translations.offered():
        abort(404)


def _languages_page(original: Mapping[str, Any], *, back: str, lead: str) -> str:
    return render_template(
        "translations.html",
        original=original,
        marks=translations.marks(original),
        offered=translations.offered(),
        back=back,
        lead=lead,
    )


def _page(original: Mapping[str, Any], language: str, form: Form, etag: str | None) -> str:
    """Show the texts of a listing or an organization in one language."""
    _check_offered(language)
    # An organization belongs to nothing; a listing names the organization that it is of.
    is_listing = "organization_id" in original
    return render_template(
        "translation_form.html",
        original=original,
        language_code=language,
        language_name=translations.offered()[language],
        texts=translations.texts_of(original, language),
        fields=translations.FIELDS if is_listing else translations.FIELDS_OF_ORGANIZATION,
        back=request.path.rpartition("/")[0],
        form=form,
        etag=etag,
    )

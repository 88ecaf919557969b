"""A person's preferences: language, and what is sent by e-mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from services.portal import wording
from services.portal.languages import LANGUAGES
from services.portal.security import signed_in
from services.portal.views import clients
from services.portal.views.sign_in import keep_language

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/preferences")
@signed_in
def preferences() -> Any:
    """Show the preferences."""
    answer = clients().notify.preferences()
    return render_template("preferences.html", preferences=answer.body, etag=answer.etag)


@blueprint.post("/preferences")
@signed_in
def save() -> Any:
    """Save the preferences; the language counts for the portal and for messages."""
    chosen = request.form.get("language", "en")
    language = chosen if chosen in LANGUAGES else "en"
    email = {name: name in request.form.getlist("email") for name in wording.EMAIL_CHOICES}
    clients().notify.put_preferences({"language": language, "email": email}, if_match=request.form.get("etag") or None)
    with force_locale(LANGUAGES[language][1]):
        flash(_("Your preferences are saved."))
    response = redirect(url_for("preferences.preferences"))
    keep_language(response, language)
    return response

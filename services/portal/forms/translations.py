"""The form of the translations of a listing or an organization: one language at a time, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.languages import LANGUAGES

FIELDS = {
    "name": _l("Name of the service"),
    "alternate_name": _l("Other name, such as a short one"),
    "description": _l("What does it do, in simple words?"),
    "eligibility_description": _l("Conditions"),
    "application_process": _l("How does one get there?"),
    "fees_description": _l("Costs"),
    "wait_time": _l("Waiting time"),
    "alert": _l("Notice that everybody should see first"),
}
FIELDS_OF_ORGANIZATION = {
    "name": wording.ORGANIZATION_FIELDS["name"],
    "alternate_name": wording.ORGANIZATION_FIELDS["alternate_name"],
    "description": wording.CONTENT_FIELDS["description"],
}
_LONGEST = 5000
_OTHERS = {"mk": "Македонски", "rom": "Romani", "hu": "Magyar", "tr": "Türkçe", "uk": "Українська", "ar": "العربية"}


def offered() -> dict[str, str]:
    """Return the languages that texts may be written in, each by its own name."""
    return {code: name for code, (name, _locale, _catalog) in LANGUAGES.items()} | _OTHERS


def texts_of(original: Mapping[str, Any], language: str) -> dict[str, dict[str, Any]]:
    """Return what there is in a language, by field."""
    return {text["field"]: dict(text) for text in original.get("translations") or () if text["language"] == language}


def form_of(original: Mapping[str, Any], language: str) -> Form:
    """Return the form filled with what there is."""
    return Form({name: text["text"] for name, text in texts_of(original, language).items()})


def translations_of(
    form: Form, original: Mapping[str, Any], language: str, fields: Iterable[str] = FIELDS
) -> list[dict[str, Any]]:
    """Return all translations of the original with those of one language as they were written now.

    A text that was changed, or said to be right, is a person's; what was left alone keeps its mark.
    """
    others = [dict(text) for text in original.get("translations") or () if text["language"] != language]
    before = texts_of(original, language)
    written = (_text(form, name, before.get(name), language) for name in fields if original.get(name))
    return [*others, *filter(None, written)]


def _text(form: Form, name: str, before: Mapping[str, Any] | None, language: str) -> dict[str, Any] | None:
    text = form.at_most(name, _LONGEST)
    if not text:
        return None
    if before and before["text"] == text and not form.text(f"{name}_right"):
        return dict(before)
    return {"language": language, "field": name, "text": text, "origin": "human", "outdated": False}


def marks(original: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return the translations by language, to say how far each is."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for text in original.get("translations") or ():
        found.setdefault(text["language"], []).append(text)
    return {language: found[language] for language in sorted(found)}

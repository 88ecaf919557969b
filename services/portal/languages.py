"""Chooses the language of a page and reads its catalog straight from the .po file, so that nothing is compiled."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.exceptions import RequestEntityTooLarge

from services.portal.account import current_account

COOKIE = "lidhja_language"
# A form that must not lose what was written in it is sent with this field to be shown in another language.
FIELD = "page_language"
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2})?")
_MOST_TAGS = 5
_CATALOGS = Path(__file__).parent / "translations"
# What the portal calls a language -> its own name, Babel's name for it, and its catalog.
LANGUAGES: dict[str, tuple[str, str, str]] = {
    "en": ("English", "en", ""),
    "sq": ("Shqip", "sq", "sq"),
    "bs": ("Bosanski", "bs_Latn", "bs"),
    "bg": ("Български", "bg", "bg"),
    "ro": ("Română", "ro", "ro"),
    "sr-Cyrl": ("Српски", "sr_Cyrl", "sr"),
    "sr-Latn": ("Srpski", "sr_Latn", "sr"),
    "cnr": ("Crnogorski", "sr_Latn_ME", "cnr"),
}
# What browsers ask for, and the portal has under another name.
_SAME = {"sr": "sr-Cyrl", "sr-me": "cnr", "hr": "bs", "sh": "sr-Latn"}
_BY_LOCALE = {locale: code for code, (_, locale, _) in LANGUAGES.items()}
ZONES = {
    "AL": "Europe/Tirane", "BA": "Europe/Sarajevo", "BG": "Europe/Sofia", "ME": "Europe/Podgorica",
    "RO": "Europe/Bucharest", "RS": "Europe/Belgrade", "XK": "Europe/Belgrade", "MK": "Europe/Skopje",
}  # fmt: skip
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i",
    "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
}  # fmt: skip
_TO_LATIN = str.maketrans(_LATIN | {key.upper(): value.capitalize() for key, value in _LATIN.items()})


def install(app: Flask) -> None:
    """Give the app its translations, and the templates what they need to offer the choice of language."""
    babel = Babel(app, locale_selector=lambda: LANGUAGES[chosen_language()][1], timezone_selector=_time_zone)
    babel.domain_instance = CatalogDomain()
    app.jinja_env.globals.update(languages=LANGUAGES, language=current_language)


def chosen_language() -> str:
    """Return what was just chosen, else what the cookie says, else what the browser asks for, else English."""
    kept = _just_chosen() or request.cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else _preferred()


def _just_chosen() -> str:
    # The page that says that a form is too large is in some language, too.
    with suppress(RequestEntityTooLarge):
        return request.form.get(FIELD, "")
    return ""


def _preferred() -> str:
    asked = (_language_of(tag) for tag, _ in request.accept_languages)
    return next((language for language in asked if language in LANGUAGES), "en")


def _language_of(tag: str) -> str:
    """Return a browser's tag as the portal writes it: like the directory, which reads the script of Serbian alone."""
    first, *others = tag.lower().split("-")
    if first == "sr" and (scripts := {"latn", "cyrl"}.intersection(others)):
        return f"sr-{scripts.pop().title()}"
    return _SAME.get("-".join([first, *others[:1]]), _SAME.get(first, first))


def current_language() -> str:
    """Return the code of the language in which this page is drawn."""
    return _BY_LOCALE.get(str(get_locale()), "en")


def with_day(rest: str) -> str:
    """Return Babel's pattern of a date that begins with its day; South Slavic languages in the west end it in a dot."""
    locale = get_locale()
    return f"d. {rest}" if locale and locale.language in ("sr", "bs") else f"d {rest}"


def languages_of_reader() -> str:
    """Return what the reader understands as ``Accept-Language`` says it: the page's language, then the browser's."""
    others = [tag for tag, _ in request.accept_languages if tag != "*" and _TAG.fullmatch(tag)]
    tags = list(dict.fromkeys((current_language(), *others)))[:_MOST_TAGS]
    return ", ".join(f"{tag};q={1 - place / 10:.1f}" if place else tag for place, tag in enumerate(tags))


def _time_zone() -> str:
    account = current_account()
    return ZONES.get(account.country if account else "", "Europe/Tirane")


class CatalogDomain(Domain):
    """Reads catalogs from ``translations/<name>.po``; Serbian in Latin letters is made from the Cyrillic one."""

    def get_translations(self) -> Any:
        """Return the translations for the current language, read once per process."""
        locale = get_locale() or Locale("en")
        if str(locale) not in self.cache:
            code = _BY_LOCALE.get(str(locale), "en")
            self.cache[str(locale)] = load_catalog(code)
        return self.cache[str(locale)]


def load_catalog(code: str) -> Translations:
    """Read the catalog of a language; English needs none and gets an empty one."""
    _, locale, name = LANGUAGES[code]
    if not name:
        return Translations()
    with (_CATALOGS / f"{name}.po").open("rb") as file:
        catalog = read_po(file, locale=locale)
    if code == "sr-Latn":
        for message in catalog:
            message.string = _in_latin(message.string)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def _in_latin(text: Any) -> Any:
    if isinstance(text, str):
        return text.translate(_TO_LATIN)
    return tuple(part.translate(_TO_LATIN) for part in text)

"""Renders the sign-in page in the person's language, with nothing from elsewhere and nothing kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import flask
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.identity.entrypoints.form_token import FormToken

_FOLDER = Path(__file__).parent / "pages"
_TEMPLATES = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
# What browsers send for languages that we know by another name.
_ALIASES = {
    "sr": "sr-Cyrl", "sr-RS": "sr-Cyrl", "sr-Latn-RS": "sr-Latn", "sr-Cyrl-RS": "sr-Cyrl", "sr-ME": "cnr",
    "sr-Latn-ME": "cnr", "hr": "bs", "sh": "bs", "mo": "ro",
}  # fmt: skip


def form(
    redirect_uri: str, token: FormToken, *, username: str, message: str | None = None, status: int = 200
) -> flask.Response:
    """Return the page with the form; after it the browser may go to the client's address and no other."""
    texts, language = _texts_of_request()
    response = _page(
        "sign_in.html",
        status,
        form_target=f"{urlsplit(redirect_uri).scheme}://{urlsplit(redirect_uri).netloc}",
        texts=texts,
        language=language,
        action=f"/oauth/authorize?{flask.request.query_string.decode('latin-1')}",
        form_token=token.digest(),
        username=username,
        message=texts[message] if message else None,
    )
    token.keep(response)
    return response


def fault() -> flask.Response:
    """Return the page that says that the link does not work; it repeats nothing that came with the link."""
    texts, language = _texts_of_request()
    return _page("fault.html", 400, form_target="'none'", texts=texts, language=language)


def stylesheet() -> flask.Response:
    """Return the style sheet."""
    body = (_FOLDER / "sign-in.css").read_bytes()
    return flask.Response(body, mimetype="text/css", headers={"Cache-Control": "public, max-age=3600"})


def unstored(response: flask.Response) -> flask.Response:
    """Let nobody keep the answer or pass its address on."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page(template: str, status: int, *, form_target: str, **values: Any) -> flask.Response:
    body = _TEMPLATES.get_template(template).render(**values)
    response = flask.Response(body, status=status, mimetype="text/html")
    # The answer to the form redirects to the client, and browsers hold form-action against redirects too.
    action = form_target if form_target == "'none'" else f"'self' {form_target}"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action {action}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return unstored(response)


def _texts_of_request() -> tuple[dict[str, str], str]:
    texts = _texts()
    wanted = flask.request.args.get("ui_locales", "").split()
    wanted += [tag for tag, _ in flask.request.accept_languages]
    for tag in wanted:
        for candidate in (tag, _ALIASES.get(tag, ""), tag.split("-")[0]):
            if candidate in texts:
                return texts[candidate], candidate
    return texts["en"], "en"


@cache
def _texts() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((_FOLDER / "texts.yaml").read_text(encoding="utf-8"))
    return loaded

"""Reads which languages a caller wants to read, and says on the answer which ones it is in."""

from __future__ import annotations

from collections.abc import Sequence

import flask
from sqlalchemy import Connection

from services.directory.adapters.localization import Reader
from services.directory.domain.translation import languages_asked


def languages() -> list[str]:
    """Return the languages that the caller reads, the best first; none where none is asked for."""
    return languages_asked(flask.request.headers.get("Accept-Language"))


def reader() -> Reader | None:
    """Return who reads the answer to this request; None where no language is asked for."""
    asked = languages()
    return Reader(asked) if asked else None


def read_by(given: Reader | None, connection: Connection, texts: Sequence[str]) -> Sequence[str]:
    """Return documents, as JSON, as the reader reads them; without a reader they stay as they are."""
    return texts if given is None else given.read(connection, texts)


def in_languages(response: flask.Response, given: Reader | None, *further: str) -> flask.Response:
    """Say on the answer that it depends on what is asked, and in which languages it is, ``further`` ones included."""
    response.vary.add("Accept-Language")
    used = dict.fromkeys([*(given.used if given is not None else ()), *further])
    if used:
        response.headers["Content-Language"] = ", ".join(used)
    return response

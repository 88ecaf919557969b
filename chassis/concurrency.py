"""Guards changes by version: ETag and If-Match (RFC 9110 section 13)."""

from __future__ import annotations

import re

import flask

from chassis.problems import MALFORMED_REQUEST, PRECONDITION_REQUIRED, STALE_VERSION, Problem

_ETAG = re.compile(r'(W/)?"([\w-]{1,40})"\Z')
_NUMBER = re.compile(r"\d{1,18}\Z")
_UNREADABLE = "If-Match takes one entity tag as given in the ETag header."


def etag(version: int | str) -> str:
    """Return the strong entity tag of a version, which is a number or a word."""
    return f'"{version}"'


def expected_version(*, required: bool) -> int | None:
    """Return the number the caller named in If-Match; None where it is not required and no header or ``*`` came.

    Raises a 428 problem when a version is required and none is named, a 412 problem for a weak tag, a 400 problem for
    what cannot be read.
    """
    tag = expected_tag(required=required)
    if tag is not None and not _NUMBER.match(tag):
        raise Problem(MALFORMED_REQUEST, _UNREADABLE)
    return None if tag is None else int(tag)


def expected_tag(*, required: bool) -> str | None:
    """Return the same for what has no number but a word for each of its states."""
    given = flask.request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        # Any version will do for "*", and so it names none that somebody has looked at.
        if required:
            raise Problem(PRECONDITION_REQUIRED, "Read the current version and send its ETag as If-Match.")
        return None
    match = _ETAG.match(given)
    if not match:
        raise Problem(MALFORMED_REQUEST, _UNREADABLE)
    if match.group(1):
        # Compared strongly, as If-Match is (RFC 9110 section 13.1.1), a weak tag is never the present one.
        raise Problem(STALE_VERSION, "A weak tag matches no version: send the ETag as it was given.")
    return match.group(2)


def check_version(expected: int | None, actual: int) -> None:
    """Raise a 412 problem when the caller's version is not the present one."""
    if expected is not None and expected != actual:
        raise Problem(STALE_VERSION, "Read it again, look at what changed, and repeat.", current_version=actual)

"""Guards changes by version: ETag and If-Match (RFC 9110 section 13)."""

from __future__ import annotations

import re

import flask

from chassis.problems import MALFORMED_REQUEST, PRECONDITION_REQUIRED, STALE_VERSION, Problem

_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"\Z')


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"{version}"'


def expected_version(*, required: bool) -> int | None:
    """Return the version the caller named in If-Match, or None for ``*`` or, where not required, for no header.

    Raises a 428 problem when the header is required and absent, a 400 problem when it cannot be read.
    """
    given = flask.request.headers.get("If-Match", "").strip()
    if not given:
        if required:
            raise Problem(PRECONDITION_REQUIRED, "Read the current version and send its ETag as If-Match.")
        return None
    if given == "*":
        return None
    match = _ETAG.match(given)
    if not match:
        raise Problem(MALFORMED_REQUEST, "If-Match takes one entity tag as given in the ETag header.")
    return int(match.group(1))


def check_version(expected: int | None, actual: int) -> None:
    """Raise a 412 problem when the caller's version is not the present one."""
    if expected is not None and expected != actual:
        raise Problem(STALE_VERSION, "Read it again, look at what changed, and repeat.", current_version=actual)

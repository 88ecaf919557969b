"""Files of services for everybody, and for an agency those that it keeps."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

import flask

from chassis.auth import current_principal
from chassis.connexion_app import container
from services.directory.adapters.export_files import pieces_of
from services.directory.adapters.export_records import Exported
from services.directory.adapters.ready_exports import READY, PublicState
from services.directory.domain.imports import Format
from services.directory.domain.own_words import OWN
from services.directory.entrypoints.api.lines import in_a_slot

_READ_BYTES = 256 * 1024
_MEDIA_TYPES = {
    Format.CSV: ("text/csv", "csv"),
    Format.PACKAGE: ("application/zip", "zip"),
    Format.JSON: ("application/json", "json"),
    Format.LINES: ("application/x-ndjson", "ndjson"),
}
# What no file carries: it is for nobody's disk, or for people to decide anew.
_IN_NO_FILE = ("confidential-addresses", "reviews", "revisions", "history", "review-rules", "delegations")
_IN_NO_CSV = (
    "organizations", "translations", "capacity", "closing", "confirmation", "schedule-details", "hsds-details",
)  # fmt: skip


def export_services(*, format: str, version: str) -> flask.Response:
    """Return everything that is public; who has its present state gets nothing of it again."""
    written = Format(format)
    if written not in READY:
        return in_a_slot(_answer(written, pieces_of(Exported(container().engine, None), written, version)))
    ready = container().ready_exports
    state = ready.state()
    # Weak, for the same state may be packed another way.
    tag = f"{state.mark}-{format}-{version}"
    if _is_held(tag, state):
        return _dated(flask.Response(status=304), tag, state)
    return _dated(in_a_slot(_answer(written, _read(partial(ready.open, written, version, state)))), tag, state)


def export_own_services(*, format: str, version: str, profile: str) -> flask.Response:
    """Return what the caller's agency keeps, drafts included; in our own profile with all that rebuilds it."""
    is_whole, written = profile == OWN, Format(format)
    exported = Exported(container().engine, current_principal().agency_id, is_whole=is_whole)
    answer = in_a_slot(_answer(written, pieces_of(exported, written, version)))
    answer.headers["Cache-Control"] = "no-store"
    if is_whole:
        answer.headers["Lidhja-Left-Out"] = ", ".join(_IN_NO_FILE + (_IN_NO_CSV if written is Format.CSV else ()))
    return answer


def _answer(written: Format, pieces: Iterator[bytes]) -> flask.Response:
    media_type, ending = _MEDIA_TYPES[written]
    headers = {"Content-Disposition": f'attachment; filename="services.{ending}"'}
    return flask.Response(pieces, mimetype=media_type, headers=headers)


def _read(opened: Callable[[], io.RawIOBase]) -> Iterator[bytes]:
    """Yield a file that is opened, and made where it has to be, once there is a slot for the reader."""
    with opened() as file:
        yield from iter(lambda: file.read(_READ_BYTES) or b"", b"")


def _is_held(tag: str, state: PublicState) -> bool:
    """Say whether the reader has this state already; where it names one, dates are not looked at (RFC 9110, 13.2.2)."""
    asked = flask.request
    if "If-None-Match" in asked.headers:
        return asked.if_none_match.contains_weak(tag)
    return asked.if_modified_since is not None and asked.if_modified_since >= state.since


def _dated(response: flask.Response, tag: str, state: PublicState) -> flask.Response:
    response.set_etag(tag, weak=True)
    response.last_modified = state.last_modified
    response.headers["Cache-Control"] = "no-cache"
    return response

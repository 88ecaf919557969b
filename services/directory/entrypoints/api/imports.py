"""Files of services: taking them in, and saying what becomes of their rows."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

import flask
from werkzeug.http import parse_options_header

from chassis.auth import current_principal
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_tag
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from chassis.problems import TOO_MANY_REQUESTS, Problem
from services.directory.adapters.wording import wording_for
from services.directory.application import imports as importing
from services.directory.domain.errors import TooManyWaiting
from services.directory.domain.fault_texts import text_of
from services.directory.domain.imports import Fault, Format, Import
from services.directory.domain.service_columns import template
from services.directory.domain.wording import Wording
from services.directory.entrypoints.api.reading_language import in_languages, languages

_READ_BYTES = 256 * 1024
_COUNTS = ("created", "updated", "unchanged", "refused", "skipped", "possible_duplicates")


def create_import(**given: Any) -> Any:
    """Take a file; it is read from the request piece by piece and never held in memory as a whole."""
    with tempfile.TemporaryFile() as spooled:
        digest = hashlib.sha256(flask.request.query_string)
        size = 0
        for piece in iter(lambda: flask.request.stream.read(_READ_BYTES), b""):
            spooled.write(piece)
            digest.update(piece)
            size += len(piece)
        spooled.seek(0)
        flask.g.upload_fingerprint = digest.hexdigest()
        return _start(spooled, size, given)


@idempotent(operation="createImport", fingerprint=lambda: str(flask.g.upload_fingerprint))
def _start(content: IO[bytes], size: int, given: dict[str, Any]) -> Any:
    command = importing.StartImport(
        principal=current_principal(),
        content=content,
        size=size,
        format=Format(given["format"]),
        is_trial=given.get("dry_run", True),
        publish=given.get("publish", False),
        skip_duplicates=given.get("duplicates") == "skip",
        organization_id=given.get("organization_id"),
        country=given.get("country"),
        file_name=_name_of_file(),
    )
    directory = container()
    try:
        job = importing.start_import(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    except TooManyWaiting as full:
        raise Problem(TOO_MANY_REQUESTS, full.detail, headers={"Retry-After": "60"}) from None
    return flask.jsonify(_view(job)), 202, {"Location": f"/imports/{job.id}"}


def _name_of_file() -> str | None:
    """Return what the sender calls the file: in a header, as in RFC 6266, for an address may stand in logs."""
    _, options = parse_options_header(flask.request.headers.get("Content-Disposition"))
    return options.get("filename")


def list_imports(*, limit: int, cursor: str | None = None) -> Any:
    """Return a page of the agency's imports."""
    with container().unit_of_work() as uow:
        jobs = uow.imports.list(current_principal().agency_id, before=cursor, limit=limit + 1)
    following = jobs[limit - 1].id if len(jobs) > limit else None
    body = {"items": [_view(job) for job in jobs[:limit]], "next_cursor": following}
    return in_languages(flask.jsonify(body), None), 200, {"Cache-Control": "no-store"}


def get_template(*, language: str) -> flask.Response:
    """Return an empty CSV file."""
    headers = {"Content-Disposition": 'attachment; filename="services.csv"'}
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return flask.Response("\ufeff" + template(language), mimetype="text/csv", headers=headers)


def get_import(id: str) -> Any:
    """Return one import of the caller's agency."""
    with container().unit_of_work() as uow:
        return _answer(importing.own_import(uow, current_principal(), id))


def list_import_rows(
    id: str, *, limit: int, cursor: int, action: Sequence[str] = (), possible_duplicates: bool = False
) -> Any:
    """Return a page of the report on the rows."""
    with container().unit_of_work() as uow:
        job = importing.own_import(uow, current_principal(), id)
        rows = uow.imports.rows(
            id, after=cursor, limit=limit + 1, outcomes=action or (), with_duplicates=possible_duplicates
        )
    following = rows[limit - 1]["number"] if len(rows) > limit else None
    wording = wording_for(languages())
    items = [_row_view(row, job.headers, wording) for row in rows[:limit]]
    response = in_languages(flask.jsonify({"items": items, "next_cursor": following}), None, wording.language)
    response.headers["Cache-Control"] = "no-store"
    return response


def cancel_import(id: str) -> Any:
    """Stop an import."""
    return _answer(_decided(importing.cancel_import, id))


def apply_import(id: str) -> Any:
    """Do what was tried."""
    return _answer(_decided(importing.apply_import, id), status=202)


def _decided(decide: Callable[..., Import], id: str) -> Import:
    directory, expected = container(), expected_tag(required=False)
    return decide(current_principal(), id, expected, unit_of_work=directory.unit_of_work, clock=directory.clock)


def _answer(job: Import, *, status: int = 200) -> Any:
    headers = {"Cache-Control": "no-store", "ETag": etag(importing.version_of(job))}
    return in_languages(flask.jsonify(_view(job)), None), status, headers


def _view(job: Import) -> dict[str, Any]:
    return {
        "id": job.id,
        "format": job.format.value,
        "dry_run": job.is_trial,
        "publish": job.publish,
        "duplicates": "skip" if job.skip_duplicates else "create",
        "organization_id": job.organization_id,
        "country": job.country,
        "state": job.state.value,
        "rows": job.position,
        "counts": {name: job.counts.get(name, 0) for name in _COUNTS},
        "size": job.size,
        "file_name": job.file_name,
        "bytes_read": job.bytes_read,
        "seconds_left": job.seconds_left(container().clock.now()),
        "problem": _words_of(job.fault, wording_for(languages())) if job.fault else None,
        "allowed_actions": job.allowed_actions(),
        "created_at": to_rfc3339(job.created_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
        "expires_at": to_rfc3339(job.expires_at),
    }


def _moment(at: datetime | None) -> str | None:
    return to_rfc3339(at) if at else None


def _row_view(row: Mapping[str, Any], headers: Mapping[str, str], wording: Wording) -> dict[str, Any]:
    return {
        "number": row["number"],
        "kind": row["kind"],
        "place": row["place"],
        "id": row["record_id"],
        "name": row["name"],
        "action": row["outcome"],
        "errors": [_fault_view(Fault(*fault), headers, wording) for fault in row["faults"]],
        "terms": {"known": [], "unknown": [], **row["terms"]},
        "possible_duplicates": row["duplicates"],
    }


def _fault_view(fault: Fault, headers: Mapping[str, str], wording: Wording) -> dict[str, Any]:
    return {"column": fault.column, "header": headers.get(fault.column), **_words_of(fault, wording)}


def _words_of(fault: Fault, wording: Wording) -> dict[str, Any]:
    return {"code": fault.code, "params": dict(fault.params), "text": text_of(fault, wording)}

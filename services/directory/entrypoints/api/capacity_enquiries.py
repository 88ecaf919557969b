"""Capacity enquiries: an agency asks many services for room, and each agency asked answers for its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import from_rfc3339, to_rfc3339
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from chassis.problems import INVALID_REQUEST, Problem
from services.directory.adapters.enquiries import enquiries_of, names_of_services
from services.directory.adapters.hsds_values import present
from services.directory.adapters.match_query import find_matches
from services.directory.application import enquire_capacity as enquiring
from services.directory.domain.enquiry import (
    MOST_ASKED,
    Answer,
    AnswerCode,
    AskedService,
    CapacityEnquiry,
    EnquiryNeed,
)
from services.directory.domain.need import Need
from services.directory.entrypoints.api.cursors import page_of, read_cursor
from services.directory.entrypoints.api.matches import count_what_nobody_meets
from services.directory.entrypoints.api.needs import need_from

# More than are asked: among those that nearly fit most lack something else than room.
_MOST_WEIGHED = 4 * MOST_ASKED
_NO_STORE = {"Cache-Control": "no-store"}


@idempotent(operation="enquireCapacity")
def enquire_capacity(body: dict[str, Any]) -> Any:
    """Ask the services named, or those that fit the need but perhaps for room."""
    directory, principal = container(), current_principal()
    now = directory.clock.now()
    with directory.engine.connect() as connection:
        need = need_from(body["need"], connection, now)
        named = [service_id.lower() for service_id in body.get("service_ids", ())]
        service_ids = named or _worth_asking(connection, need, principal.agency_id, now)
    if not service_ids:
        count_what_nobody_meets(need)
    command = enquiring.EnquireCapacity(
        principal=principal, need=EnquiryNeed.of(need), service_ids=service_ids, until=_until(body.get("until"))
    )
    enquiry = enquiring.enquire_capacity(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    headers = {"ETag": etag(enquiry.version), "Location": f"/capacity-enquiries/{enquiry.id}", **_NO_STORE}
    return flask.jsonify(_viewer([enquiry])(enquiry)), 201, headers


def list_capacity_enquiries(
    *, limit: int, role: str | None = None, status: str | None = None, cursor: str | None = None
) -> Any:
    """Return a page of what the caller's agency has sent or received."""
    with container().engine.connect() as connection:
        found = enquiries_of(
            connection,
            current_principal().agency_id,
            role=role,
            is_open=None if status is None else status == "open",
            before=read_cursor(cursor),
            limit=limit + 1,
        )
    page = page_of(found, limit, view=_viewer(found), place=attrgetter("created_at", "id"))
    return flask.jsonify(page), 200, _NO_STORE


def get_capacity_enquiry(id: str) -> Any:
    """Return one enquiry: whole to its asker, to an agency asked its own part."""
    with container().unit_of_work() as uow:
        enquiry = enquiring.seen_enquiry(uow, current_principal(), id)
    return _answered(enquiry)


def answer_capacity_enquiry(id: str, service_id: str, body: dict[str, Any]) -> Any:
    """Take the answer of one service that was asked."""
    command = enquiring.AnswerEnquiry(
        principal=current_principal(),
        enquiry_id=id,
        service_id=service_id.lower(),
        expected_version=expected_version(required=True),
        answer=Answer(code=AnswerCode(body["answer"]), available=body.get("available")),
    )
    directory = container()
    enquiry = enquiring.answer_enquiry(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    return _answered(enquiry, version=enquiry.asked[command.service_id].version)


def close_capacity_enquiry(id: str) -> Any:
    """End the enquiry as its asker."""
    directory = container()
    enquiry = enquiring.close_enquiry(
        current_principal(), id, unit_of_work=directory.unit_of_work, clock=directory.clock
    )
    return _answered(enquiry)


def _worth_asking(connection: Any, need: Need, agency_id: str, now: datetime) -> list[str]:
    """Return what fits, and then what only was full when it was last heard of, which may be long ago."""
    fitting, nearly = find_matches(connection, need, agency_id=agency_id, now=now, limit=_MOST_WEIGHED)
    full = [matched for matched in nearly if [reason.code for reason in matched.fit.missing] == ["full"]]
    return [matched.row["id"] for matched in [*fitting, *full][:MOST_ASKED]]


def _until(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return from_rfc3339(text)
    except ValueError:
        errors = [{"pointer": "/until", "detail": "must be an RFC 3339 moment with its offset"}]
        raise Problem(INVALID_REQUEST, "Correct the fields listed under errors and repeat.", errors=errors) from None


def _answered(enquiry: CapacityEnquiry, *, version: int | None = None) -> Any:
    """Return the answer; the entity tag is the asker's to know, for it tells of other agencies' answers."""
    is_asker = enquiry.asking_agency_id == current_principal().agency_id
    if version is None and is_asker:
        version = enquiry.version
    return flask.jsonify(_viewer([enquiry])(enquiry)), 200, _NO_STORE | ({"ETag": etag(version)} if version else {})


def _viewer(enquiries: Sequence[CapacityEnquiry]) -> Callable[[CapacityEnquiry], dict[str, Any]]:
    """Return what shows each of the enquiries as the caller's agency may see it; names are read for all at once."""
    agency_id = current_principal().agency_id
    seen = {
        enquiry.id: list(enquiry.asked.values())
        if enquiry.asking_agency_id == agency_id
        else enquiry.part_of(agency_id)
        for enquiry in enquiries
    }
    service_ids = sorted({asked.service_id for parts in seen.values() for asked in parts})
    with container().engine.connect() as connection:
        names = names_of_services(connection, service_ids)
    return lambda enquiry: _view(enquiry, seen[enquiry.id], names, agency_id)


def _view(
    enquiry: CapacityEnquiry, parts: Iterable[AskedService], names: dict[str, tuple[str, str]], agency_id: str
) -> dict[str, Any]:
    need = enquiry.need
    told = {"age_band": need.age_band, "sex": need.sex, "municipality": need.municipality, "urgency": need.urgency}
    lists = {"languages": list(need.languages), "accessibility": list(need.accessibility)}
    return {
        "id": enquiry.id,
        "reference": enquiry.reference,
        "role": "sent" if enquiry.asking_agency_id == agency_id else "received",
        "status": "open" if enquiry.is_open else "closed",
        "asking_agency_id": enquiry.asking_agency_id,
        "need": {"needs": list(need.needs), **present(told), **lists},
        "until": to_rfc3339(enquiry.until),
        "created_at": to_rfc3339(enquiry.created_at),
        "closed_at": to_rfc3339(enquiry.closed_at) if enquiry.closed_at else None,
        "closed_by": enquiry.closed_by,
        "answers": [_part_view(asked, names.get(asked.service_id, ("", ""))) for asked in parts],
    }


def _part_view(asked: AskedService, names: tuple[str, str]) -> dict[str, Any]:
    return {
        "service_id": asked.service_id,
        "service_name": names[0],
        "organization_name": names[1],
        "agency_id": asked.agency_id,
        "answer": asked.answer.code.value if asked.answer else None,
        "available": asked.answer.available if asked.answer else None,
        "answered_at": to_rfc3339(asked.answered_at) if asked.answered_at else None,
        "version": asked.version,
    }

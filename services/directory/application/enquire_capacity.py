"""Asks services for room, takes their answers, and closes the enquiry by its asker or by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.clock import Clock, to_rfc3339
from chassis.ids import new_id
from services.directory.application.announcements import announce_capacity
from services.directory.application.own_listing import own_listing
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.capacity import Capacity, RoomAnswer
from services.directory.domain.enquiry import (
    Answer,
    AskedService,
    CapacityEnquiry,
    EnquiryNeed,
    check_number,
    new_reference,
    until_when,
)
from services.directory.domain.errors import ContentDoesNotFit, NotFound

_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class EnquireCapacity:
    """An enquiry of the caller's agency; ``until`` None leaves the time to the urgency."""

    principal: Caller
    need: EnquiryNeed
    service_ids: Sequence[str]
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerEnquiry:
    """What one service of the caller's agency says, to the version that the caller has seen."""

    principal: Caller
    enquiry_id: str
    service_id: str
    expected_version: int | None
    answer: Answer


def enquire_capacity(command: EnquireCapacity, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> CapacityEnquiry:
    """Keep the enquiry and tell each agency asked, once however many of its services are."""
    now, agency_id = clock.now(), command.principal.agency_id
    service_ids = list(dict.fromkeys(command.service_ids))
    check_number(service_ids)
    with unit_of_work() as uow:
        agencies = uow.enquiries.agencies_of(service_ids, agency_id)
        if len(agencies) < len(service_ids):
            raise ContentDoesNotFit(
                "Some of these services are not there, or have no agency in the network to ask.",
                code="services_not_asked",
                fields=("service_ids",),
            )
        enquiry = CapacityEnquiry(
            id=new_id(),
            reference=new_reference(),
            asking_agency_id=agency_id,
            need=command.need,
            until=until_when(command.need.urgency, command.until, now),
            created_at=now,
            asked={one: AskedService(service_id=one, agency_id=agencies[one]) for one in service_ids},
        )
        uow.enquiries.add(enquiry)
        for asked_agency_id in sorted(set(agencies.values())):
            _emit(
                uow,
                "capacity_enquiry.sent.v1",
                enquiry,
                principal=command.principal,
                asked_agency_id=asked_agency_id,
                at=now,
            )
            # Each event of an enquiry has a version of its own, for they are in order.
            enquiry.version += 1
        uow.enquiries.save(enquiry)
        _record(uow, command.principal, "send", enquiry)
        uow.commit()
    return enquiry


def answer_enquiry(command: AnswerEnquiry, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> CapacityEnquiry:
    """Keep the answer and tell the asker; what it says of free places is from now on what the listing knows of them."""
    now, agency_id = clock.now(), command.principal.agency_id
    with unit_of_work() as uow:
        enquiry = seen_enquiry(uow, command.principal, command.enquiry_id)
        changed = enquiry.answer(
            agency_id, command.service_id, command.answer, expected_version=command.expected_version, at=now
        )
        if changed:
            uow.enquiries.save(enquiry)
            if command.answer.code.has_room is not None or command.answer.available is not None:
                _report_room(uow, command, now)
            asked = {"asked_agency_id": agency_id, "answer": command.answer.code.value}
            _emit(uow, "capacity_enquiry.answered.v1", enquiry, principal=command.principal, at=now, **asked)
            _record(uow, command.principal, "answer", enquiry)
            uow.commit()
    return enquiry


def close_enquiry(
    principal: Caller, enquiry_id: str, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> CapacityEnquiry:
    """End the enquiry as its asker; doing it twice changes nothing the second time."""
    now = clock.now()
    with unit_of_work() as uow:
        enquiry = seen_enquiry(uow, principal, enquiry_id)
        if enquiry.close(principal.agency_id, at=now):
            uow.enquiries.save(enquiry)
            _emit(uow, "capacity_enquiry.closed.v1", enquiry, principal=principal, asked_agency_id=None, at=now)
            _record(uow, principal, "close", enquiry)
            uow.commit()
    return enquiry


def close_overdue_enquiries(unit_of_work: UnitOfWorkFactory, clock: Clock) -> int:
    """Close what is past its time, each in a transaction of its own, and return how many that were."""
    now, closed = clock.now(), 0
    with unit_of_work() as uow:
        overdue = uow.enquiries.overdue(now, _BATCH)
    for enquiry_id in overdue:
        with unit_of_work() as uow:
            enquiry = uow.enquiries.get(enquiry_id)
            if enquiry is None or not enquiry.close_overdue(now):
                continue
            uow.enquiries.save(enquiry)
            _emit(uow, "capacity_enquiry.closed.v1", enquiry, principal=None, asked_agency_id=None, at=now)
            uow.commit()
            closed += 1
    return closed


def seen_enquiry(uow: UnitOfWork, principal: Caller, enquiry_id: str) -> CapacityEnquiry:
    """Return the enquiry, held for writing; raise NotFound to an agency that neither asked nor was asked."""
    enquiry = uow.enquiries.get(enquiry_id)
    if enquiry is None or not enquiry.may_be_seen_by(principal.agency_id):
        raise NotFound("There is no such enquiry.")
    return enquiry


def _report_room(uow: UnitOfWork, command: AnswerEnquiry, now: datetime) -> None:
    listing, organization = own_listing(uow, command.principal, command.service_id)
    available, has_room = command.answer.available, command.answer.code.has_room
    if available is not None:
        known = listing.capacity or Capacity(available=available, updated_at=now)
        listing.report_capacity(replace(known, available=available, updated_at=now, reported_at=now), now)
    elif has_room is not None:
        listing.answer_room(RoomAnswer(has_room=has_room, said_at=now))
    uow.listings.save(listing)
    announce_capacity(uow, listing, organization, cause="reported")


def _emit(
    uow: UnitOfWork,
    event_type: str,
    enquiry: CapacityEnquiry,
    *,
    principal: Caller | None,
    asked_agency_id: str | None,
    at: datetime,
    answer: str | None = None,
) -> None:
    data = {
        "enquiry_id": enquiry.id,
        "reference": enquiry.reference,
        "status": "open" if enquiry.is_open else "closed",
        "urgency": enquiry.need.urgency,
        "asking_agency_id": enquiry.asking_agency_id,
        "asked_agency_id": asked_agency_id,
        "actor_account_id": principal.account_id if principal else None,
        "actor_agency_id": principal.agency_id if principal else None,
        "due_at": to_rfc3339(enquiry.until),
        "occurred_at": to_rfc3339(at),
    }
    if answer is not None:
        data["answer"] = answer
    uow.emit(event_type, subject=enquiry.id, aggregate_version=enquiry.version, data=data)


def _record(uow: UnitOfWork, principal: Caller, what: str, enquiry: CapacityEnquiry) -> None:
    action = f"capacity_enquiry.{what}"
    uow.record(principal=principal, action=action, object_type="capacity_enquiry", object_id=enquiry.id)

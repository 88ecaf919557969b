"""Holds what is known of one batch of an import's records, and writes what was decided of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from services.directory.application.announcements import announce_all_published, announce_all_submitted, announce_doors
from services.directory.application.ports import UnitOfWork
from services.directory.domain.compared_traits import traits_of_listing
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.hsds_check import faults_of, is_uuid
from services.directory.domain.imports import Decision, Fault, Import, Outcome, Record
from services.directory.domain.last_words import Said, Words, property_of
from services.directory.domain.likeness import Traits
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.organization import Organization
from services.directory.domain.own_words import OWN
from services.directory.domain.repeated_words import adds_nothing
from services.directory.domain.schedules import hours_not_understood
from services.directory.domain.told_in_passing import completed, faults_beside, places_without_location
from services.directory.domain.versions import Change


class Refused(Exception):
    """A record cannot be taken in, for these faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


@dataclass
class Batch:
    """What is known of the records of one batch, and what is to be written."""

    uow: UnitOfWork
    at: datetime
    organizations: dict[str, Organization]
    listings: dict[str, Listing]
    new_organizations: dict[str, Organization] = field(default_factory=dict)
    alike: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    # What is new, in the order in which it was told, and by its number what it may be.
    compared: list[Draft] = field(default_factory=list)
    duplicates: dict[int, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    new: list[tuple[Listing, Change]] = field(default_factory=list)
    # What counts at once of listings whose text waits beside it.
    facts: list[tuple[Listing, Change]] = field(default_factory=list)
    changed: list[tuple[Listing, Change]] = field(default_factory=list)
    kept: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    told: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    kept_before: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    own_terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    doors: list[Listing] = field(default_factory=list)
    last_words: Mapping[tuple[str, str], Words] = field(default_factory=dict)
    words: dict[tuple[str, str], Words] = field(default_factory=dict)

    def read_told(self, records: Sequence[Record], agency_id: str) -> None:
        """Read what is told of the services here already, and what was kept of records that belong to nothing here."""
        services = {str(record.document.get("id")).lower() for record in records if record.kind == "service"}
        self.told = self.uow.imports.told_services(services & self.listings.keys())
        loose = [record for record in records if record.kind not in ("organization", "service", "row")]
        ids = {own_id.lower() for record in loose if is_uuid(own_id := str(record.document.get("id")))}
        self.kept_before = self.uow.imports.kept_objects(agency_id, ids)
        self.own_terms = self.uow.imports.told_terms(ids)
        self.last_words = self.uow.imports.last_words(agency_id, self.listings.keys() | self.organizations.keys())

    def last_words_of(self, kind: str, record_id: str) -> Words:
        """Return what a file of the agency said of it the last time; nothing where none did."""
        return self.last_words.get((kind, record_id), {})

    def note_words(self, record: Record, record_id: str, words: Words) -> None:
        """Note what the file says of what was taken in; of what is told in passing, the rest was said before."""
        key = (record.kind, record_id)
        last = self.last_words.get(key, {})
        if record.names is not None:
            words = {**last, **{name: word for name, word in words.items() if property_of(name) in record.names}}
        if words != last:
            self.words[key] = words

    def with_known(self, record: Record, agency_id: str) -> tuple[Record, list[Fault]]:
        """Return a service that is told in passing with what the agency's own listing says beside, and what is wrong.

        Of a listing that another agency keeps nothing is taken: the record is refused for that later.
        """
        document = record.document
        listing = self.listings.get(str(document.get("id")).lower())
        owner = self.organizations.get(listing.organization_id) if listing is not None else None
        known: dict[str, Any] = {}
        if listing is not None and owner is not None and owner.may_be_kept_by(agency_id):
            # What a feed told is kept as it came; only of the rest our own rendering speaks.
            known = {**self.told.get(listing.id, ({},))[-1], **listing.content.hsds}
            known.pop(OWN, None)
        faults = faults_beside([*record.faults, *faults_within(record)], known)
        if not known and "name" not in document and "status" not in document:
            return record, list(record.faults) or [Fault("service", "service_not_told")]
        if not faults:
            faults = places_without_location(document, known)
            record = replace(record, document=completed(document, known), names=frozenset(document))
        return record, faults

    def keep(self, record: Record) -> Outcome:
        """Keep what belongs to nothing here as it came, and return what that changes; our own words are no news."""
        kind, document = record.kind, record.document
        if adds_nothing(document, self.own_terms.get(document["id"].lower(), {})):
            return Outcome.UNCHANGED
        before = self.kept_before.get((kind, document["id"].lower()))
        if before == document:
            return Outcome.UNCHANGED
        self.kept.append((kind, document))
        return Outcome.UPDATED if before else Outcome.CREATED

    def write(self, agency_id: str, *, meanwhile: Callable[[], None]) -> None:
        """Write what was decided, and tell of it; ``meanwhile`` is done before anything of a service is written."""
        uow = self.uow
        owners = {listing.organization_id for listing, _ in self.new}
        uow.organizations.add_many(list(self.new_organizations.values()), self.at, with_listings=owners)
        uow.listings.add_many(self.new, meanwhile=meanwhile)
        uow.listings.save_many([*self.facts, *self.changed])
        uow.imports.keep_objects(agency_id, self.kept)
        uow.imports.keep_last_words(agency_id, self.words, self.last_words.keys())
        told = [listing for listing, change in (*self.new, *self.facts, *self.changed) if not change.is_proposal]
        published = [(each, self.organizations[each.organization_id]) for each in told if each.is_published]
        announce_all_published(uow, published)
        announce_doors(uow, self.doors, self.organizations)
        announce_all_submitted(uow, (*self.new, *self.changed), self.organizations, self.at)

    def with_duplicates(self, decision: Decision) -> Decision:
        """Return the decision with what the record may be; of one that is refused nobody asks."""
        found = self.duplicates.get(decision.number)
        return replace(decision, duplicates=found) if found and decision.outcome is not Outcome.REFUSED else decision


@dataclass(frozen=True)
class Draft:
    """A service that may be taken in: whose it is, and what it says beside what was known of it then."""

    told: dict[str, Any]
    record: Record
    owner: Organization
    before: ListingContent | None
    said: Said[ListingContent]

    @property
    def content(self) -> ListingContent:
        """What it would say."""
        return self.said.content

    @cached_property
    def traits(self) -> Traits:
        """What it is compared by, here and in the directory."""
        return traits_of_listing(self.content, self.owner)


@dataclass(frozen=True)
class Loose:
    """Something that belongs to nothing here, such as a taxonomy."""

    told: dict[str, Any]
    record: Record


def change_by_import(job: Import, action: str, at: datetime, **more: Any) -> Change:
    """Return who changes what, for the history; a system's file is nobody's in person."""
    return Change(action=action, account_id=job.person, agency_id=job.agency_id, import_id=job.id, at=at, **more)


def faults_within(record: Record) -> Sequence[Fault]:
    """Return what is wrong with a record's document by the facts of HSDS; a table's row is judged when it is mapped."""
    if record.faults_within is not None:
        return record.faults_within
    return faults_of(record.kind, record.document) if record.kind != "row" else ()


def remarks_on_hours(record: Record, outcome: Outcome) -> Iterator[Fault]:
    """Yield which hours of a feed are not understood; of what changes nothing it was said before."""
    if record.kind == "service" and outcome in (Outcome.CREATED, Outcome.UPDATED):
        yield from (Fault(column, "hours_unclear") for column in hours_not_understood(record.document))


def refused(told: Mapping[str, Any], fault: Refused | ContentDoesNotFit) -> Decision:
    """Return the decision on a record that is not taken in."""
    faults = fault.faults if isinstance(fault, Refused) else (Fault("", "does_not_fit", fault.told),)
    return Decision(**told, outcome=Outcome.REFUSED, faults=faults)


def check_not_merged(batch: Batch, column: str, record_id: str) -> None:
    """Refuse what is about a record that was folded into another: it comes back by no way."""
    merged_into = batch.uow.merges.now_at(record_id)
    if merged_into is not None:
        raise Refused(Fault(column, "merged", {"merged_into": merged_into}))

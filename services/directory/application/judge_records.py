"""Decides what becomes of each record of an import, and writes it, unless it is only tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from services.directory.application.judge_organization import judge_organization
from services.directory.application.likes_in_file import LikesInFile
from services.directory.application.parent_chains import ParentChains
from services.directory.application.place_claims import with_claims_judged
from services.directory.application.ports import UnitOfWork
from services.directory.application.read_service import Names, said_of_service
from services.directory.application.record_batch import (
    Batch,
    Draft,
    Loose,
    Refused,
    change_by_import,
    check_not_merged,
    faults_within,
    refused,
    remarks_on_hours,
)
from services.directory.application.terms_in_file import TermsInFile
from services.directory.application.tried_organizations import TriedOrganizations
from services.directory.domain import hsds_mapping, row_mapping
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.feed_facts import take_in_from_feed
from services.directory.domain.hsds_check import is_uuid
from services.directory.domain.imports import HIDDEN, Decision, Fault, Format, Import, Outcome, Record
from services.directory.domain.likeness import Traits
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.location import ConfidentialLocation
from services.directory.domain.organization import Organization
from services.directory.domain.reviewing import waiting_in
from services.directory.domain.taking_in import TakenIn, Wish, take_in
from services.directory.domain.unwritable import without_unwritable


class Judge:
    """Remembers over the whole file which ids it has told and who stands above whom."""

    def __init__(self, job: Import, names: Names) -> None:
        self._job = job
        self._names = names
        self._told: dict[tuple[str, str], str] = {}
        self._chains = ParentChains()
        self._likes = LikesInFile(is_skipping=job.skip_duplicates)
        self._tried = TriedOrganizations(job)
        self._terms = TermsInFile()
        self.refused_organizations: dict[str, str] = {}

    def told_once(self, records: Iterator[Record]) -> Iterator[Record]:
        """Yield the records, with a fault where one is told again or stands above itself."""
        for record in map(without_unwritable, records):
            key = (record.kind, self._key_of(record))
            before = self._told.get(key)
            if before is not None and record.is_aside and record.kind == "organization":
                continue
            faults = list(record.faults)
            if before is not None and key[1]:
                faults.append(Fault(row_mapping.named_by(record.document), "duplicate_id", {"place": before}))
            self._told.setdefault(key, record.place)
            faults += self._chains.note(record)
            yield self._tried.note(
                replace(record, faults=tuple(faults)) if len(faults) > len(record.faults) else record
            )

    def _key_of(self, record: Record) -> str:
        """Return what is told once: the id, for a row the one that is made of its reference or its name, if any."""
        if record.kind != "row":
            return str(record.document.get("id") or "").lower()
        owner = self._owner_of_row(record.document)
        is_named = owner and record.document.get(row_mapping.named_by(record.document))
        return row_mapping.id_of_row(record.document, owner) if is_named else ""

    def decide(self, uow: UnitOfWork, records: Sequence[Record], first: int, at: datetime) -> list[Decision]:
        """Return what becomes of a batch; the writing is done in the same transaction, a trial writes nothing."""
        records = with_claims_judged(uow, records, self._job.agency_id)
        records = self._chains.judged(uow, records, self._job.agency_id)
        batch = self._load(uow, records, first, at)
        read = [self._read(batch, record, first + place) for place, record in enumerate(records)]
        asked: dict[str, Traits] = {}
        for each in read:
            if isinstance(each, Draft) and each.before is None:
                asked.setdefault(each.told["record_id"], each.traits)
        if self._job.skip_duplicates:
            batch.alike = uow.imports.like(asked, self._job.agency_id)
        decisions = [self._decided(batch, each) for each in read]
        if self._job.is_trial:
            self._compare(batch, asked)
        else:
            batch.write(self._job.agency_id, meanwhile=partial(self._compare, batch, asked))
            self._likes.forget()
        return [batch.with_duplicates(each) for each in decisions]

    def _compare(self, batch: Batch, asked: Mapping[str, Traits]) -> None:
        """Find what new services may be, where nothing else hangs on it."""
        if self._job.skip_duplicates:
            return
        batch.alike = batch.uow.imports.like(asked, self._job.agency_id)
        for draft in batch.compared:
            batch.duplicates[draft.told["number"]] = self._joined(batch, draft)

    def _joined(self, batch: Batch, draft: Draft) -> tuple[Mapping[str, Any], ...]:
        listing_id = draft.told["record_id"]
        known = batch.alike.get(listing_id, ())
        return tuple(self._likes.joined(known, listing_id, draft.content.name, draft.traits))

    def _load(self, uow: UnitOfWork, records: Sequence[Record], first: int, at: datetime) -> Batch:
        """Read what the batch is about: held, so that it stays as it is until the batch is written."""
        owners = {self._job.organization_id} if self._job.organization_id else set()
        ids, in_passing = set(), set()
        for record in records:
            document = record.document
            if record.kind == "organization":
                owners.add(str(document.get("id") or "").lower())
            elif record.kind == "service":
                ids.add(str(document.get("id") or "").lower())
                owners.add(str(document.get("organization_id") or "").lower())
                in_passing |= {str(document.get("id")).lower()} if record.is_aside else set()
            elif record.kind == "row":
                owner = self._owner_of_row(document)
                owners.add(owner)
                if owner:
                    ids.add(row_mapping.id_of_row(document, owner))
        listings = uow.listings.get_many(ids)
        # Whose they are, such a record need not say.
        owners |= {listings[own_id].organization_id for own_id in in_passing & listings.keys()}
        if not self._job.is_trial:
            # Before they are read: one that is being folded into another takes in no listing any more.
            uow.organizations.hold(owners)
        known = uow.organizations.find_many(owners)
        known |= self._tried.made_before(first, owners - known.keys(), self.refused_organizations)
        batch = Batch(uow, at, known, listings)
        batch.read_told(records, self._job.agency_id)
        return batch

    def _owner_of_row(self, row: Mapping[str, str]) -> str:
        named = row.get("organization", "").lower()
        return named if is_uuid(named) else self._job.organization_id or ""

    def _read(self, batch: Batch, record: Record, number: int) -> Decision | Draft | Loose:
        """Return the decision on an organization; of anything else what it says, or that it is refused."""
        if record.is_aside and record.kind == "service":
            record, faults = batch.with_known(record, self._job.agency_id)
        else:
            faults = [*record.faults, *faults_within(record)]
        document = record.document
        told: dict[str, Any] = {
            "number": number,
            "kind": "service" if record.kind == "row" else record.kind,
            "place": record.place,
            "record_id": str(document.get("id") or "").lower()[:36] or None,
            "name": str(document.get("name") or "")[:200] or None,
        }
        if record.kind == "row" and row_mapping.tells_of_hidden(document):
            self._note_hidden()
        try:
            if faults:
                raise Refused(*faults)
            match record.kind:
                case "organization":
                    outcome, remarks = judge_organization(batch, record, self._job)
                    self._note_terms(record, outcome)
                    return Decision(**told, outcome=outcome, faults=remarks)
                case "service" | "row":
                    return self._drafted(batch, record, told)
                case _:
                    return Loose(told, record)
        except (Refused, ContentDoesNotFit) as fault:
            if record.kind == "organization" and told["record_id"]:
                self.refused_organizations[told["record_id"]] = record.place
            return refused(told, fault)

    def _drafted(self, batch: Batch, record: Record, told: dict[str, Any]) -> Draft:
        owner = self._owner(batch, record)
        own_id = self._id_of(record, owner)
        told["record_id"] = own_id
        before = batch.listings.get(own_id)
        if before is not None and before.organization_id != owner.id:
            theirs = batch.uow.organizations.find(before.organization_id)
            is_ours = theirs is not None and theirs.may_be_kept_by(self._job.agency_id)
            raise Refused(Fault("id", "belongs_elsewhere" if is_ours else "kept_by_another"))
        if before is not None and before.status is ListingStatus.WITHDRAWN:
            check_not_merged(batch, "id", own_id)
        if before is not None and isinstance(before.content.location, ConfidentialLocation):
            self._note_hidden()
        known = waiting_in(before) if before else None
        said = said_of_service(batch, record, own_id, self._names, owner.country, known)
        if known is None and isinstance(said.content.location, ConfidentialLocation) and record.kind == "service":
            self._note_hidden()
        told |= {
            "terms": said.content.taxonomy_terms,
            "unknown_terms": hsds_mapping.unknown_terms(record.document, self._names),
        }
        return Draft(told, record, owner, known, said)

    def _decided(self, batch: Batch, read: Decision | Draft | Loose) -> Decision:
        """Return the decision on what was read, in the order of the file."""
        match read:
            case Draft():
                return self._decide(batch, read)
            case Loose(told, record):
                is_known = self._terms.have(record.kind, record.document)
                return Decision(**told, outcome=Outcome.UNCHANGED if is_known else batch.keep(record))
        return read

    def _note_terms(self, record: Record, outcome: Outcome) -> None:
        # Packages alone tell of terms by themselves as well.
        if self._job.format is Format.PACKAGE and outcome is Outcome.UNCHANGED:
            self._terms.note(record.document)

    def _decide(self, batch: Batch, draft: Draft) -> Decision:
        try:
            before = batch.listings.get(draft.told["record_id"])
            if before is not None and waiting_in(before) != draft.before:
                # The same batch has told of it once already.
                draft = self._drafted(batch, draft.record, draft.told)
            return self._service(batch, draft, before)
        except (Refused, ContentDoesNotFit) as fault:
            return refused(draft.told, fault)

    def _service(self, batch: Batch, draft: Draft, before: Listing | None) -> Decision:
        told, content = draft.told, draft.content
        listing = before or Listing(
            id=told["record_id"],
            organization_id=draft.owner.id,
            content=content,
            created_at=batch.at,
            last_modified=batch.at,
        )
        if before is None and not self._job.skip_duplicates:
            batch.compared.append(draft)
        elif before is None and (duplicates := self._joined(batch, draft)):
            return Decision(**told, outcome=Outcome.SKIPPED, duplicates=duplicates)
        was_closed = listing.is_closed
        taken = self._take_in(batch, listing, content, draft.owner, draft.record)
        if listing.is_published and listing.is_closed != was_closed:
            batch.doors.append(listing)
        batch.listings[listing.id] = listing
        if taken.outcome is Outcome.REFUSED:
            return Decision(**told, outcome=taken.outcome, faults=taken.remarks)
        self._note_terms(draft.record, taken.outcome)
        if not taken.leaves_text:
            batch.note_words(draft.record, listing.id, draft.said.words)
        remarks = (
            *taken.remarks,
            *draft.said.remarks,
            *remarks_on_hours(draft.record, taken.outcome),
        )
        return Decision(**told, outcome=taken.outcome, faults=remarks)

    def _note_hidden(self) -> None:
        self._job.counts[HIDDEN] = self._job.counts.get(HIDDEN, 0) + 1

    def _take_in(
        self, batch: Batch, listing: Listing, content: ListingContent, owner: Organization, record: Record
    ) -> TakenIn:
        job, is_new = self._job, listing.id not in batch.listings
        may_publish = job.publish and (record.kind != "row" or row_mapping.is_to_be_read(record.document))
        wish = Wish(publish=may_publish, is_review_required=owner.is_review_required, by=job.person, at=batch.at)
        if record.kind == "row":
            taken = take_in(listing, content, wish, is_new=is_new)
            if is_new and row_mapping.named_by(record.document) == "id":
                taken = replace(taken, remarks=(*taken.remarks, Fault("id", "unknown_id")))
        else:
            taken = take_in_from_feed(listing, content, record.document, wish, is_new=is_new)
        if taken.outcome in (Outcome.CREATED, Outcome.UPDATED):
            change = change_by_import(job, taken.action, batch.at, reason="import", is_proposal=taken.is_proposal)
            (batch.new if is_new else batch.changed).append((listing, change))
            if taken.with_facts is not None:
                batch.facts.append((taken.with_facts, replace(change, is_proposal=False)))
        return taken

    def _owner(self, batch: Batch, record: Record) -> Organization:
        document = record.document
        if record.kind == "row":
            wanted = self._owner_of_row(document)
        else:
            wanted = str(document.get("organization_id") or self._job.organization_id or "").lower()
        if not wanted:
            raise Refused(Fault("organization_id", "no_organization"))
        owner = batch.organizations.get(wanted)
        if owner is None or not owner.may_be_kept_by(self._job.agency_id):
            if place := self.refused_organizations.get(wanted):
                raise Refused(Fault("organization_id", "organization_refused", {"place": place}))
            raise Refused(Fault("organization_id", "unknown_organization"))
        if not owner.is_public:
            check_not_merged(batch, "organization_id", owner.id)
        return owner

    def _id_of(self, record: Record, owner: Organization) -> str:
        if record.kind == "row":
            return row_mapping.id_of_row(record.document, owner.id)
        return str(record.document["id"]).lower()

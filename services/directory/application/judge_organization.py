"""Decides what becomes of an organization that an import tells of, and writes it, unless it is only tried."""

from __future__ import annotations

from dataclasses import replace

from services.directory.application.announcements import announce_review_of_organization
from services.directory.application.record_batch import Batch, Refused, change_by_import, check_not_merged
from services.directory.domain import hsds_mapping
from services.directory.domain import organization_review as reviewing
from services.directory.domain.imports import Fault, Import, Outcome, Record
from services.directory.domain.last_words import Said
from services.directory.domain.organization import Organization

Judged = tuple[Outcome, tuple[Fault, ...]]


def judge_organization(batch: Batch, record: Record, job: Import) -> Judged:
    """Return what becomes of it, with remarks; raises Refused, or ContentDoesNotFit for own words that say nothing.

    What it says of itself waits for a second person where it asks for that, as it would by hand.
    """
    own_id = record.document["id"].lower()
    if record.is_aside:
        record = replace(record, names=frozenset(record.document))
    before = batch.organizations.get(own_id)
    said = _told(batch, record, before, job)
    after = said.content.following(before or said.content, batch.at)
    if after != before and before is not None and before.is_review_required:
        outcome, remarks = _reviewed(batch, before, after, job)
        if after.hsds == before.hsds:
            batch.note_words(record, own_id, said.words)
        return outcome, (*remarks, *said.remarks)
    batch.note_words(record, own_id, said.words)
    if after == before:
        return Outcome.UNCHANGED, said.remarks
    batch.organizations[own_id] = after
    if not job.is_trial:
        if before is None:
            batch.new_organizations[own_id] = after
        else:
            batch.uow.organizations.save(after, change_by_import(job, "import", batch.at))
    return Outcome.CREATED if before is None else Outcome.UPDATED, said.remarks


def _told(batch: Batch, record: Record, before: Organization | None, job: Import) -> Said[Organization]:
    """Return the organization as the record tells of it; whether it may is looked at first."""
    document = record.document
    if before is not None and not before.may_be_kept_by(job.agency_id):
        raise Refused(Fault("id", "kept_by_another"))
    if before is not None and not before.is_public:
        check_not_merged(batch, "id", before.id)
    country = before.country if before else hsds_mapping.country_of(document) or job.country
    if country is None:
        raise Refused(Fault("", "no_country"))
    # What the file only says again, it says of what is to be said: that waits, and is not given up for it.
    known = before.proposed if before else None
    if known is not None and record.is_aside:
        # Told in passing: what it leaves out is not gone.
        document = {**known.hsds, **hsds_mapping.told_of(known), **document}
    said = hsds_mapping.organization_of(
        document,
        keeper=job.agency_id,
        country=country,
        before=known,
        is_public=job.publish,
        last=batch.last_words_of(record.kind, str(document["id"]).lower()),
    )
    return replace(said, content=replace(said.content, revision=before.revision)) if before else said


def _reviewed(batch: Batch, before: Organization, wanted: Organization, job: Import) -> Judged:
    """Change the contacts, and keep new texts beside those that everybody reads."""
    at_once = reviewing.shown_at_once(before, replace(wanted, hsds=before.hsds))
    after, remarks = at_once, []
    if reviewing.says_otherwise(before, wanted):
        after = reviewing.propose(at_once, wanted, job.person)
        if before.revision is not None and after != at_once:
            raise Refused(Fault("", "organization_being_revised"))
        if job.publish and before.revision is None:
            after = reviewing.submit(after, job.person, batch.at)
        remarks.append(Fault("", "organization_proposed"))
    if wanted.hsds != before.hsds:
        remarks.append(Fault("", "organization_reviewed"))
    batch.organizations[before.id] = after
    if not job.is_trial:
        if at_once != before:
            batch.uow.organizations.save(at_once, change_by_import(job, "import", batch.at))
        if after != at_once:
            _keep_proposal(batch, after, job)
    return Outcome.UNCHANGED if after == before else Outcome.UPDATED, tuple(remarks)


def _keep_proposal(batch: Batch, after: Organization, job: Import) -> None:
    """Keep the texts that wait, and tell who may decide where they were submitted."""
    number = batch.uow.organizations.save(after, change_by_import(job, "import", batch.at, is_proposal=True))
    if after.revision is not None and after.revision.review.submitted_at is not None:
        announce_review_of_organization(batch.uow, after, number, step="submit", by=job.person, at=batch.at)

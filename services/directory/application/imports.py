"""Takes in a file to import, and stops or applies an import; the work itself is done by ``run_import``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from chassis.clock import Clock
from chassis.ids import new_id
from services.directory.application.own_listing import own_organization
from services.directory.application.ports import SystemCaller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.errors import NotFound, TooManyWaiting, VersionIsStale
from services.directory.domain.file_names import shown_file_name
from services.directory.domain.imports import KEPT_FOR, LARGEST_WAITING, MOST_WAITING, Format, Import


@dataclass(frozen=True, kw_only=True)
class StartImport:
    """A file as it was sent, and how to take it."""

    principal: SystemCaller
    content: IO[bytes]
    size: int
    format: Format
    is_trial: bool
    publish: bool
    skip_duplicates: bool
    organization_id: str | None
    country: str | None
    file_name: str | None = None


def start_import(command: StartImport, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Import:
    """Keep the file and let the worker know; nothing of it is read yet."""
    now, principal = clock.now(), command.principal
    new = Import(
        id=new_id(),
        agency_id=principal.agency_id,
        subject=principal.subject,
        client_id=principal.client_id,
        format=command.format,
        is_trial=command.is_trial,
        publish=command.publish,
        skip_duplicates=command.skip_duplicates,
        organization_id=command.organization_id,
        country=command.country,
        size=command.size,
        file_name=shown_file_name(command.file_name),
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    with unit_of_work() as uow:
        if command.organization_id is not None:
            organization = own_organization(uow, principal, command.organization_id)
            if not organization.may_be_kept_by(principal.agency_id):
                # A delegation is for listings one by one; every row of its file would be refused.
                raise NotFound("There is no such organization among those your agency keeps itself.")
        _check_room(uow, new)
        uow.imports.add(new, command.content)
        uow.record(principal=principal, action="import.start", object_type="import", object_id=new.id)
        uow.commit()
    return new


def _check_room(uow: UnitOfWork, new: Import) -> None:
    """Keep one agency's files from filling the database; two that come at the same moment may both be the last."""
    count, size = uow.imports.at_work(new.agency_id)
    if count >= MOST_WAITING or size + new.size > LARGEST_WAITING:
        raise TooManyWaiting("Files of your agency are waiting already; send this one when they are done.")


def version_of(job: Import) -> str:
    """Return what tells one state of an import from another; how far it is does not matter to who decides on it."""
    return f"{job.state.value}-{'trial' if job.is_trial else 'import'}"


def _check_seen(job: Import, expected: str | None) -> None:
    if expected not in (None, version_of(job)):
        raise VersionIsStale("Read it again, look at what changed, and repeat.")


def cancel_import(
    principal: SystemCaller, import_id: str, expected: str | None, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Import:
    """Stop it; the batch being written is the last. ``expected`` is the version seen, None asks for no check."""
    with unit_of_work() as uow:
        job = own_import(uow, principal, import_id)
        _check_seen(job, expected)
        job.cancel(clock.now())
        uow.imports.save(job)
        uow.imports.forget_file(job.id)
        uow.record(principal=principal, action="import.cancel", object_type="import", object_id=job.id)
        uow.commit()
    return job


def apply_import(
    principal: SystemCaller, import_id: str, expected: str | None, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Import:
    """Do what was only tried so far; ``expected`` as for stopping it."""
    with unit_of_work() as uow:
        job = own_import(uow, principal, import_id)
        _check_seen(job, expected)
        job.apply(clock.now())
        uow.imports.save(job)
        uow.imports.forget_rows(job.id)
        uow.record(principal=principal, action="import.apply", object_type="import", object_id=job.id)
        uow.commit()
    return job


def own_import(uow: UnitOfWork, principal: SystemCaller, import_id: str) -> Import:
    """Return the import, held for writing; for every other agency it does not exist."""
    job = uow.imports.get(import_id, principal.agency_id)
    if job is None:
        raise NotFound("Your agency has no such import.")
    return job


def forget_imports(unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Delete files and reports whose term is over."""
    with unit_of_work() as uow:
        uow.imports.forget_expired(clock.now())
        uow.commit()

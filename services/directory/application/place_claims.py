"""Refuses services of a feed that would take over the public address of somebody else's service at a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.directory.application.ports import UnitOfWork
from services.directory.domain.hsds_check import is_uuid
from services.directory.domain.imports import Fault, Record


def with_claims_judged(uow: UnitOfWork, records: Sequence[Record], agency_id: str) -> list[Record]:
    """Return the records, with a fault where a pair of service and place is one that another agency keeps."""
    claimed = {key for record in records for _, key in _claims(record)}
    held = uow.imports.places_of_others(claimed, agency_id)
    return [_judged(record, held) for record in records] if held else list(records)


def _judged(record: Record, held: set[str]) -> Record:
    faults = [Fault(column, "kept_by_another") for column, key in _claims(record) if key in held]
    return replace(record, faults=(*record.faults, *faults[:1])) if faults else record


def _claims(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the ids of a service's places with their columns; what is wrong with them besides, others say."""
    told = record.document.get("service_at_locations") if record.kind == "service" else None
    for number, place in enumerate(told if isinstance(told, list) else ()):
        key = str(place.get("id")) if isinstance(place, dict) else ""
        if is_uuid(key):
            yield f"service_at_locations[{number}].id", key.lower()

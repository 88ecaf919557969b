"""Remembers in a trial which organizations earlier batches of the file would have made, though none is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from services.directory.application.record_batch import faults_within
from services.directory.domain.hsds_mapping import country_of
from services.directory.domain.imports import Import, Record
from services.directory.domain.organization import Organization


class TriedOrganizations:
    """Notes the organizations that a file tells of, as it is read; it is read anew where a trial goes on."""

    def __init__(self, job: Import) -> None:
        self._job = job
        self._number = 0
        self._noted: dict[str, tuple[int, str]] = {}

    def note(self, record: Record) -> Record:
        """Note the next record of the file, if need be, and return it with what is wrong in it found out once."""
        self._number += 1
        if not self._job.is_trial or record.kind != "organization" or record.faults:
            return record
        found = tuple(faults_within(record))
        country = None if found else country_of(record.document) or self._job.country
        if country is not None:
            self._noted[record.document["id"].lower()] = (self._number, country)
        return replace(record, faults_within=found)

    def made_before(self, number: int, ids: Collection[str], refused: Collection[str]) -> dict[str, Organization]:
        """Return those of the ids that would be there by the record of that number, as far as services need to know."""
        made = {}
        for own_id in ids:
            told_at, country = self._noted.get(own_id, (number, ""))
            if told_at < number and own_id not in refused:
                made[own_id] = Organization(
                    id=own_id,
                    name="",
                    description="",
                    country=country,
                    maintaining_agency_id=self._job.agency_id,
                    is_public=True,
                )
        return made

"""What the use cases ask of the store of imports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Protocol

from services.directory.domain.imports import Decision, Import
from services.directory.domain.likeness import Traits


class ImportStore(Protocol):
    """Imports with their files."""

    def add(self, new: Import, content: IO[bytes]) -> None:
        """Keep a new one with its file."""
        ...

    def get(self, import_id: str, agency_id: str) -> Import | None:
        """Return the agency's import, held until the transaction ends, or None."""
        ...

    def at_work(self, agency_id: str) -> tuple[int, int]:
        """Return how many files of the agency wait or are worked on, and their bytes."""
        ...

    def save(self, changed: Import) -> None:
        """Keep a changed one."""
        ...

    def forget_file(self, import_id: str) -> None:
        """Delete the file."""
        ...

    def forget_rows(self, import_id: str) -> None:
        """Delete the report on the rows."""
        ...

    def begin(self, job: Import) -> bool:
        """Note the start; False where it was stopped in the meantime."""
        ...

    def advance(self, job: Import, expected: int) -> bool:
        """Move on with the batch; False where it was stopped or somebody else went on with it."""
        ...

    def finish(self, job: Import) -> bool:
        """Note the end; False where it was stopped in the meantime."""
        ...

    def add_rows(self, import_id: str, decisions: Iterable[Decision]) -> None:
        """Add to the report on the rows."""
        ...

    def refused_organizations(self, import_id: str) -> dict[str, str]:
        """Return the organizations that were refused so far, and where in the file they stand."""
        ...

    def like(self, new: Mapping[str, Traits], agency_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return the listings that each new one, by its id, may be, of those that the agency may know of."""
        ...

    def keep_objects(self, agency_id: str, objects: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep what belongs to nothing here, as it came."""
        ...

    def kept_objects(self, agency_id: str, ids: Collection[str]) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """Return what the agency's feeds told of these ids that belongs to nothing here, by kind and id."""
        ...

    def last_words(self, agency_id: str, ids: Collection[str]) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """Return what the agency's files said of these records the last time, by kind and id."""
        ...

    def keep_last_words(
        self, agency_id: str, words: Mapping[tuple[str, str], Mapping[str, str]], known: Collection[tuple[str, str]]
    ) -> None:
        """Keep what a file said, in place of the words that are known."""
        ...

    def told_services(self, ids: Collection[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return of each service, by its id, what its keepers export of it, in each version of HSDS."""
        ...

    def told_terms(self, ids: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return what is told of those of the ids that are our own taxonomies and terms, by their ids."""
        ...

    def places_of_others(self, ids: Collection[str], agency_id: str) -> set[str]:
        """Return those of the ids that belong to a service at a place which this agency does not keep."""
        ...

    def parents_above(self, kind: str, ids: Collection[str], agency_id: str, *, most: int) -> dict[str, str]:
        """Return what stands above organizations or terms that were taken in, and above that, ``most`` levels up."""
        ...

    def forget_expired(self, now: datetime) -> int:
        """Delete files and reports whose term is over; return how many pieces that were."""
        ...

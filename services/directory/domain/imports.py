"""An import: a file of services on its way into the directory, first tried and then done, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from services.directory.domain.errors import TransitionNotAllowed

# How long the file and the report on its rows are kept.
KEPT_FOR = timedelta(days=14)
# How often an import is begun without getting on before it is given up: a fault, or a kill, may be a passing one.
MOST_ATTEMPTS = 5
# How long after it was tried, where it tells of places that must not be known.
KEPT_FOR_HIDDEN = timedelta(days=1)
# Counts the records that tell of such places.
HIDDEN = "hidden"

# How many files of one agency may wait at once, and how large they may be together.
MOST_WAITING = 20
LARGEST_WAITING = 2 * 1024**3


class Format(StrEnum):
    """How the file is written."""

    CSV = "csv"
    PACKAGE = "hsds-package"
    JSON = "hsds-json"
    LINES = "ndjson"


class State(StrEnum):
    """Where an import is; a trial ends as checked, the real thing as done."""

    WAITING = "waiting"
    RUNNING = "running"
    CHECKED = "checked"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Outcome(StrEnum):
    """What becomes of one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one column of a row, as a code with its details, so that every language can word it."""

    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Parentage(NamedTuple):
    """That a record says of an organization or a term, by its id, what stands above it; nothing is the empty text."""

    column: str
    kind: str
    own_id: str
    parent: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One thing that a file holds: a ``service``, an ``organization``, a ``row`` of simple CSV, or a loose object.

    ``is_aside`` marks an organization that is told within a service, and perhaps within many, and a service that is
    told beside its places: what they leave out is not gone. ``weight`` is the bytes of a document that was put together
    from others, which the size of the file does not bound; ``headers`` are what
    the file itself calls the columns of a row, by their keys. ``faults_within`` is what is wrong with the document,
    and ``parentages`` what it says of that, where this was looked at when it was read. ``names`` are what was told in
    passing, where the rest of the document is what is known here.
    """

    kind: str
    place: str
    document: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()
    is_aside: bool = False
    weight: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    faults_within: tuple[Fault, ...] | None = None
    parentages: tuple[Parentage, ...] | None = None
    names: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of one record, for the report."""

    number: int
    kind: str
    place: str
    record_id: str | None
    name: str | None
    outcome: Outcome
    faults: tuple[Fault, ...] = ()
    # The kinds of help that a service is then found by, and what it calls terms that are none of ours.
    terms: tuple[str, ...] = ()
    unknown_terms: tuple[str, ...] = ()
    duplicates: tuple[Mapping[str, Any], ...] = ()


class FileRefused(Exception):
    """The file as a whole cannot be read; nothing more of it is taken in."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.fault = Fault("", code, params)


@dataclass(kw_only=True)
class Import:
    """One import of one agency. ``position`` counts the rows that are through, in whole batches."""

    id: str
    agency_id: str
    subject: str
    client_id: str
    format: Format
    is_trial: bool
    publish: bool
    skip_duplicates: bool
    organization_id: str | None
    country: str | None
    size: int
    created_at: datetime
    expires_at: datetime
    state: State = State.WAITING
    position: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    fault: Fault | None = None
    started_at: datetime | None = None
    read_since: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 0
    bytes_read: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file_name: str | None = None

    def seconds_left(self, now: datetime) -> int | None:
        """Estimate how long it will still take, as if the rest of the file went like what is read; None unless known.

        An import that is gone on with after an interruption counts that time too, and takes less than it says.
        """
        if self.state is not State.RUNNING or self.started_at is None or not self.bytes_read or not self.position:
            return None
        # A file that is looked through, or a package whose tables are read, before its first record has no share in it.
        passed = max(0.0, (now - (self.read_since or self.started_at)).total_seconds())
        return round(passed * max(0, self.size - self.bytes_read) / self.bytes_read)

    @property
    def person(self) -> str | None:
        """Return whose file it is; None for a system's."""
        return None if self.subject == self.client_id else self.subject

    @property
    def is_at_work(self) -> bool:
        """Say whether there is still something to do."""
        return self.state in (State.WAITING, State.RUNNING)

    def allowed_actions(self) -> list[str]:
        """Return what may be done with it now."""
        if self.is_at_work:
            return ["cancel"]
        return ["apply", "cancel"] if self.state is State.CHECKED else []

    def cancel(self, at: datetime) -> None:
        """Stop after the batch that is being written, or give up what was tried; what is written stays."""
        if "cancel" not in self.allowed_actions():
            raise TransitionNotAllowed("The import is at its end.", allowed_actions=self.allowed_actions())
        self.state, self.finished_at = State.CANCELLED, at

    def apply(self, at: datetime) -> None:
        """Do what was tried, with the file that was sent then."""
        if self.state is not State.CHECKED or at >= self.expires_at:
            allowed = self.allowed_actions() if at < self.expires_at else []
            raise TransitionNotAllowed("Only what was tried to its end can be done.", allowed_actions=allowed)
        self.state, self.is_trial, self.position, self.counts, self.attempts = State.WAITING, False, 0, {}, 0
        self.bytes_read = None
        self.started_at = self.read_since = self.finished_at = None
        # Time enough to be worked through, however little was left to look at the report.
        self.expires_at = max(self.expires_at, at + KEPT_FOR_HIDDEN)

    def begin(self, at: datetime) -> None:
        """Start, or go on where a process left off."""
        self.state, self.started_at = State.RUNNING, self.started_at or at
        self.attempts += 1

    def begin_reading(self, at: datetime) -> None:
        """Note when the first records are at hand."""
        if not self.position and self.read_since is None:
            self.read_since = at

    def check_attempts(self) -> None:
        """Raise FileRefused for an import that was begun again and again and never got on."""
        if self.attempts > MOST_ATTEMPTS:
            raise FileRefused("internal_error")

    def finish(self, at: datetime, fault: Fault | None = None) -> None:
        """End; with a fault the file could not be read to its end."""
        self.fault, self.finished_at = fault, at
        self.state = State.FAILED if fault else State.CHECKED if self.is_trial else State.DONE
        if self.state is State.CHECKED and self.counts.get(HIDDEN):
            self.expires_at = min(self.expires_at, at + KEPT_FOR_HIDDEN)

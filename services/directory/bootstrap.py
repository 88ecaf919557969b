"""Puts the directory together: settings in, everything that handlers and roles need out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Engine

from chassis.clock import Clock, SystemClock
from chassis.database import make_engine
from chassis.http_client import ClientCredentials, ServiceClient
from chassis.idempotency import forget_expired
from chassis.inbox.apply import EventApplier, Handler
from chassis.inbox.reconciler import HttpFeedClient
from services.directory.adapters.import_desk import SMALL_BYTES, SqlImportDesk
from services.directory.adapters.ready_exports import ReadyExports
from services.directory.adapters.repositories import SqlOrganizationStore
from services.directory.adapters.unit_of_work import DirectoryUnitOfWork
from services.directory.adapters.unused_words import forget_unused_words
from services.directory.application.apply_referral_event import ACCEPTED, ENDED, apply_referral_event
from services.directory.application.close_listing import keep_to_plans
from services.directory.application.imports import forget_imports
from services.directory.application.note_agency import REGISTERED, note_agency
from services.directory.application.remind_owners import lower_standing, remind_owners
from services.directory.application.run_import import run_next_import
from services.directory.application.watch_time import watch_time
from services.directory.domain.organization import Organization
from services.directory.settings import DirectorySettings

SERVICE = "directory"
TOPIC = "directory.events.v1"


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What handlers get by ``container()`` and roles by argument."""

    engine: Engine
    clock: Clock
    # How long one stream may be read.
    stream_seconds: float = 1800.0
    # Where the public reaches this service; empty where that is not said.
    public_url: str = ""
    # How long what one person asked for about the rule of review waits for a second one.
    waiver_waits: timedelta = timedelta(days=30)

    def unit_of_work(self) -> DirectoryUnitOfWork:
        """Return a new transaction, not yet open."""
        return DirectoryUnitOfWork(self.engine, clock=self.clock)

    @cached_property
    def reading(self) -> Engine:
        """The same connections without a transaction, for a read that is one statement or needs no state of its own."""
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @cached_property
    def reading_one_state(self) -> Engine:
        """The same connections, each transaction in one state of the data: for an answer of several statements."""
        return self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @cached_property
    def ready_exports(self) -> ReadyExports:
        """The files of everything public that this process keeps."""
        return ReadyExports(self.engine)

    def organization(self, organization_id: str) -> Organization:
        """Return an organization that is known to exist."""
        with self.engine.connect() as connection:
            found = SqlOrganizationStore(connection).get(organization_id)
        if found is None:
            raise LookupError("the organization does not exist")
        return found

    def tick(self) -> None:
        """Do everything that time has brought since the last time; called again and again by the clock."""
        keep_to_plans(self.unit_of_work, self.clock)
        remind_owners(self.unit_of_work, self.clock)
        lower_standing(self.unit_of_work, self.clock)
        watch_time(self.unit_of_work, self.clock)
        forget_expired(self.engine, self.clock)
        forget_imports(self.unit_of_work, self.clock)
        forget_unused_words(self.engine, self.clock)

    def run_next_import(self, *, is_small: bool = False) -> bool:
        """Work through one file that was sent, or through a small one; False where none waits."""
        desk = SqlImportDesk(self.engine, most_bytes=SMALL_BYTES if is_small else None)
        return run_next_import(desk, unit_of_work=self.unit_of_work, clock=self.clock)

    def handlers(self) -> Mapping[str, Handler]:
        """Return which event is applied by what."""
        apply: Any = partial(apply_referral_event, clock=self.clock)
        return {**dict.fromkeys((ACCEPTED, *ENDED), apply), REGISTERED: note_agency}

    def applier(self) -> EventApplier:
        """Return what brings each event of other services to its handler exactly once."""
        return EventApplier(consumer=SERVICE, handlers=self.handlers(), unit_of_work=self.unit_of_work)


def build(settings: DirectorySettings, *, clock: Clock | None = None) -> Directory:
    """Build the directory; nothing is connected yet."""
    engine = make_engine(settings.database_url)
    return Directory(
        engine=engine,
        clock=clock or SystemClock(),
        stream_seconds=settings.stream_max_seconds,
        public_url=settings.public_url,
        waiver_waits=timedelta(days=settings.review_waiver_days),
    )


def build_feeds(settings: DirectorySettings) -> dict[str, HttpFeedClient]:
    """Build the readers of the producers' feeds; none of one whose address is not set."""
    urls = {"referral": settings.referral_url, "identity": settings.identity_url}
    tokens = ClientCredentials(
        token_url=settings.token_url, client_id=settings.client_id, client_secret=settings.client_secret
    )
    return {name: HttpFeedClient(ServiceClient(url, token_source=tokens)) for name, url in urls.items() if url}

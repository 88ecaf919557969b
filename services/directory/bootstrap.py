"""Puts the directory together: settings in, everything that handlers and roles need out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine, select

from chassis.clock import Clock, SystemClock
from chassis.database import make_engine
from chassis.http_client import ClientCredentials, ServiceClient
from chassis.inbox.apply import EventApplier, Handler
from chassis.inbox.reconciler import HttpFeedClient
from services.directory.adapters.tables import organization
from services.directory.adapters.unit_of_work import DirectoryUnitOfWork
from services.directory.application.apply_referral_event import ACCEPTED, ENDED, apply_referral_event
from services.directory.settings import DirectorySettings

SERVICE = "directory"
TOPIC = "directory.events.v1"


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What handlers get by ``container()`` and roles by argument."""

    engine: Engine
    clock: Clock

    def unit_of_work(self) -> DirectoryUnitOfWork:
        """Return a new transaction, not yet open."""
        return DirectoryUnitOfWork(self.engine, clock=self.clock)

    def organization_name(self, organization_id: str) -> str:
        """Return the name of an organization that is known to exist."""
        with self.engine.connect() as connection:
            statement = select(organization.c.name).where(organization.c.id == organization_id)
            return str(connection.execute(statement).scalar_one())

    def handlers(self) -> Mapping[str, Handler]:
        """Return which event is applied by what."""
        apply: Any = partial(apply_referral_event, clock=self.clock)
        return dict.fromkeys((ACCEPTED, *ENDED), apply)

    def applier(self) -> EventApplier:
        """Return what brings each event of other services to its handler exactly once."""
        return EventApplier(consumer=SERVICE, handlers=self.handlers(), unit_of_work=self.unit_of_work)


def build(settings: DirectorySettings, *, clock: Clock | None = None) -> Directory:
    """Build the directory; nothing is connected yet."""
    return Directory(engine=make_engine(settings.database_url), clock=clock or SystemClock())


def build_feeds(settings: DirectorySettings) -> dict[str, HttpFeedClient]:
    """Build the reader of the referral service's feed; none where its address is not set."""
    if not settings.referral_url:
        return {}
    tokens = ClientCredentials(
        token_url=settings.token_url, client_id=settings.client_id, client_secret=settings.client_secret
    )
    return {"referral": HttpFeedClient(ServiceClient(settings.referral_url, token_source=tokens))}

"""The composition root: builds what the entrypoints need from settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from chassis.clock import Clock, SystemClock
from chassis.database import make_engine
from chassis.encryption import KeyRing
from chassis.inbox.apply import EventApplier
from chassis.principal import Principal
from services.referral.adapters.deadline_data import read_deadline_rules
from services.referral.adapters.unit_of_work import ReferralUnitOfWork
from services.referral.application.apply_events import HANDLERS
from services.referral.application.progress_referral import Progress
from services.referral.domain.deadlines import DeadlineRules
from services.referral.settings import ReferralSettings

CONSUMER = "referral"
TOPIC = "referral.events.v1"
READ_TOPICS = ("directory.events.v1", "identity.events.v1", "notify.events.v1")


@dataclass(frozen=True)
class Container:
    """What handlers and roles work with."""

    engine: Engine
    clock: Clock
    key_ring: KeyRing
    rules: DeadlineRules
    progress: Progress

    def unit_of_work(self, principal: Principal | None = None) -> ReferralUnitOfWork:
        """Return a fresh unit of work for a principal, or for the system itself."""
        return ReferralUnitOfWork(self.engine, clock=self.clock, key_ring=self.key_ring, principal=principal)

    def applier(self) -> EventApplier:
        """Return what applies other services' events, each once."""
        return EventApplier(consumer=CONSUMER, handlers=HANDLERS, unit_of_work=self.unit_of_work)


def build(settings: ReferralSettings, *, clock: Clock | None = None) -> Container:
    """Build the container; nothing is connected yet."""
    used_clock = clock or SystemClock()
    rules = read_deadline_rules()
    retention = timedelta(days=settings.retention_days)
    return Container(
        engine=make_engine(settings.database_url),
        clock=used_clock,
        key_ring=settings.key_ring,
        rules=rules,
        progress=Progress(used_clock, rules, retention),
    )

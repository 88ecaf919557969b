"""One transaction: the change, its audit record and its events, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine

from chassis import audit
from chassis.clock import Clock
from chassis.correlation import current_correlation_id
from chassis.events.envelope import Event
from chassis.events.registry import EventRegistry, default_registry
from chassis.outbox.table import write_many_to_outbox, write_to_outbox
from chassis.principal import Principal


class SqlUnitOfWork:
    """Use as a context manager; leaving the block without :meth:`commit` undoes everything.

    Subclasses add repositories by overriding :meth:`opened`, which runs once the transaction is open.
    """

    def __init__(self, engine: Engine, *, source: str, clock: Clock, registry: EventRegistry | None = None) -> None:
        self._engine = engine
        self._source = source
        self._clock = clock
        self._registry = registry or default_registry()
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """Return the open connection; outside the block this raises RuntimeError."""
        if self._connection is None:
            raise RuntimeError("the unit of work is not open")
        return self._connection

    def __enter__(self) -> Self:
        """Open the transaction."""
        self._connection = self._engine.connect()
        self._connection.begin()
        self.opened()
        return self

    def opened(self) -> None:
        """Build what needs the open connection; for subclasses."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the transaction; without a commit before, nothing happened."""
        del kind, error, trace
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def emit(
        self,
        event_type: str,
        *,
        subject: str,
        aggregate_version: int,
        data: Mapping[str, Any],
        causation_id: str | None = None,
    ) -> Event:
        """Write an event to the outbox in this transaction; raises where it does not fit its schema."""
        event = self._event(event_type, subject, aggregate_version, data, causation_id)
        write_to_outbox(self.connection, event)
        return event

    def emit_many(self, event_type: str, facts: Sequence[tuple[str, int, Mapping[str, Any]]]) -> None:
        """Write events of one type in the order given; each fact is subject, version of the aggregate and data."""
        events = [self._event(event_type, subject, version, data, None) for subject, version, data in facts]
        write_many_to_outbox(self.connection, events)

    def _event(
        self, event_type: str, subject: str, version: int, data: Mapping[str, Any], causation_id: str | None
    ) -> Event:
        event = Event.new(
            type=event_type,
            source=self._source,
            subject=subject,
            data=data,
            aggregate_version=version,
            clock=self._clock,
            correlation_id=current_correlation_id(),
            causation_id=causation_id,
        )
        self._registry.validate(event)
        return event

    def record(
        self,
        *,
        principal: Principal | None,
        action: str,
        object_type: str,
        object_id: str,
        purpose: str | None = None,
        decision: str = "allowed",
    ) -> None:
        """Add an audit record in this transaction; call it last, since appends wait for each other."""
        audit.append(
            self.connection,
            principal=principal,
            action=action,
            object_type=object_type,
            object_id=object_id,
            purpose=purpose,
            decision=decision,
            occurred_at=self._clock.now(),
        )

    def commit(self) -> None:
        """Make everything done so far permanent; a second one follows with a new transaction."""
        connection = self.connection
        connection.commit()
        connection.begin()

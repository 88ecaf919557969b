"""The reconciler: reads the producers' feeds and applies every event the log never brought."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.clock import Clock
from chassis.events.envelope import Event
from chassis.http_client import ServiceClient, ServiceUnavailable
from chassis.inbox.apply import EventApplier, Interrupted, Outcome
from chassis.inbox.table import dead_letter, feed_cursor, inbox
from chassis.logs import get_logger

_logger = get_logger(__name__)


class FeedClient(Protocol):
    """One producer's feed of published events."""

    def read(self, *, after: int, limit: int) -> Mapping[str, Any]:
        """A page as `chassis.events.feed.read_feed` makes it; ServiceUnavailable where nobody answers."""
        ...


class HttpFeedClient:
    """The feed behind `GET /events` of a producer, read with this service's own token."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def read(self, *, after: int, limit: int) -> Mapping[str, Any]:
        """A page of the feed; any answer but 200 counts as no answer."""
        answer = self._client.get("/events", params={"after": after, "limit": limit})
        if answer.status_code != 200:
            raise ServiceUnavailable("the feed does not answer with a page")
        page: Mapping[str, Any] = answer.json()
        return page


class Reconciler:
    """Compares feeds with the inbox, so that losing the event log loses no effect.

    An event younger than the grace time is left to the log. The cursor moves only past what the inbox
    holds, so a kill at any point repeats work and skips nothing.
    """

    def __init__(
        self,
        *,
        applier: EventApplier,
        feeds: Mapping[str, FeedClient],
        clock: Clock,
        grace: timedelta = timedelta(seconds=60),
        every_seconds: float = 30.0,
        page_size: int = 200,
    ) -> None:
        self._applier = applier
        self._feeds = dict(feeds)
        self._clock = clock
        self._grace = grace
        self._every_seconds = every_seconds
        self._page_size = page_size

    def run(self, stop: threading.Event) -> None:
        """Reconcile at once and then again and again until told to stop."""
        while True:
            for producer in self._feeds:
                try:
                    self.reconcile(producer, stop)
                except Interrupted:
                    return
                except (ServiceUnavailable, OperationalError, InterfaceError) as fault:
                    _logger.warning(
                        "feed not read",
                        extra={"fields": {"producer": producer, "error": type(fault).__name__}},
                    )
            if stop.wait(self._every_seconds):
                return

    def reconcile(self, producer: str, stop: threading.Event) -> int:
        """Read one producer's feed to its end; return how many events it had to bring."""
        brought = 0
        after = self._cursor(producer)
        while not stop.is_set():
            page = self._feeds[producer].read(after=after, limit=self._page_size)
            events = self._old_enough([Event.from_structured(body) for body in page["events"]])
            brought += self._bring(events, stop)
            # Numbers have no gaps, so the last event taken tells its own from the page's.
            reached = page["next"] - (len(page["events"]) - len(events))
            if reached > after and events:
                after = reached
                self._keep_cursor(producer, after)
            if len(events) < self._page_size:
                break
        if brought:
            _logger.warning("events brought by the feed", extra={"fields": {"producer": producer, "count": brought}})
        return brought

    def _old_enough(self, events: Sequence[Event]) -> list[Event]:
        limit = self._clock.now() - self._grace
        for index, event in enumerate(events):
            if event.time > limit:
                return list(events[:index])
        return list(events)

    def _bring(self, events: Sequence[Event], stop: threading.Event) -> int:
        wanted = [event for event in events if self._applier.handles(event.type)]
        if not wanted:
            return 0
        with self._applier.unit_of_work() as uow:
            known = _known(uow.connection, self._applier.consumer, [event.id for event in wanted])
        outcomes = [self._applier.deliver(event, stop) for event in wanted if event.id not in known]
        return sum(outcome is not Outcome.DUPLICATE for outcome in outcomes)

    def _cursor(self, producer: str) -> int:
        with self._applier.unit_of_work() as uow:
            after = uow.connection.scalar(
                select(feed_cursor.c.after).where(
                    feed_cursor.c.consumer == self._applier.consumer, feed_cursor.c.producer == producer
                )
            )
        return after or 0

    def _keep_cursor(self, producer: str, after: int) -> None:
        with self._applier.unit_of_work() as uow:
            kept = insert(feed_cursor).values(
                consumer=self._applier.consumer, producer=producer, after=after, read_at=func.now()
            )
            uow.connection.execute(
                kept.on_conflict_do_update(
                    index_elements=["consumer", "producer"],
                    set_={"after": kept.excluded.after, "read_at": func.now()},
                )
            )
            uow.commit()


def _known(connection: Connection, consumer: str, ids: Sequence[str]) -> set[str]:
    applied = select(inbox.c.event_id).where(inbox.c.consumer == consumer, inbox.c.event_id.in_(ids))
    parked = select(dead_letter.c.event_id).where(dead_letter.c.consumer == consumer, dead_letter.c.event_id.in_(ids))
    return set(connection.scalars(applied.union(parked)))

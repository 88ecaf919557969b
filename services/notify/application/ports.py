"""What the use cases need of the world outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.notify.domain.contact import Contact
from services.notify.domain.delivery import Delivery, Verdict
from services.notify.domain.message import Language
from services.notify.domain.news import News
from services.notify.domain.preference import Preference
from services.notify.domain.retry import Channel
from services.notify.domain.webhook_endpoint import WebhookEndpoint


class Contacts(Protocol):
    """The local copy of who works where. It may be behind; `is_known` says whether it was ever filled."""

    def of_agency(self, agency_id: str) -> Sequence[Contact]: ...
    def get(self, account_id: str) -> Contact | None: ...
    def is_known(self, agency_id: str) -> bool: ...
    def country_of(self, agency_id: str) -> str | None: ...
    def set_country(self, agency_id: str, country: str) -> None: ...
    def want(self, agency_id: str, *, now: datetime) -> None: ...
    def due_for_fetch(self, *, now: datetime) -> tuple[str, int] | None: ...
    def fetched(self, agency_id: str, contacts: Sequence[Contact], *, wanted: int, now: datetime) -> None: ...
    def fetch_failed(self, agency_id: str, *, now: datetime) -> None: ...
    def disable(self, account_id: str) -> None: ...


class Announcements(Protocol):
    """What each agency has to be told, kept until it is known whom to tell."""

    def add(self, news: News, agency_id: str, *, now: datetime) -> bool: ...
    def untold(self, agency_id: str) -> Sequence[News]: ...
    def mark_told(self, event_id: str, agency_id: str, *, now: datetime) -> None: ...


class Deliveries(Protocol):
    """Everything on its way out. `add` answers False where the recipient was told of the event before."""

    def add(self, delivery: Delivery) -> bool: ...
    def claim(self, channel: Channel, *, now: datetime, lease: timedelta) -> Delivery | None: ...
    def finish_attempt(self, delivery: Delivery, verdict: Verdict, *, started_at: datetime, now: datetime) -> bool: ...
    def hasten(self, endpoint_id: str, *, now: datetime) -> None: ...
    def release(self, delivery_id: str, *, now: datetime) -> Delivery | None: ...


class Inbox(Protocol):
    """What people read in the portal."""

    def add(self, account_id: str, agency_id: str, kind: str, news: Told, *, now: datetime) -> bool: ...
    def mark_read(self, entry_id: str, account_id: str, *, now: datetime) -> bool: ...
    def mark_all_read(self, account_id: str, *, now: datetime) -> int: ...


class Preferences(Protocol):
    """People's choices."""

    def get(self, account_id: str) -> Preference | None: ...
    def save(self, preference: Preference, agency_id: str, *, now: datetime) -> bool: ...


class Endpoints(Protocol):
    """Webhook endpoints, secrets included; every look-up by an agency finds its own alone."""

    def add(self, endpoint: WebhookEndpoint, *, created_by: str) -> None: ...
    def get(self, endpoint_id: str) -> WebhookEndpoint | None: ...
    def of_agency(self, agency_id: str) -> Sequence[WebhookEndpoint]: ...
    def remove(self, endpoint_id: str) -> None: ...
    def set_disabled(self, endpoint_id: str, moment: datetime | None) -> None: ...
    def lock_agency(self, agency_id: str) -> None: ...


class Told(Protocol):
    """The part of news and deliveries that an inbox entry shows."""

    @property
    def event_id(self) -> str: ...
    @property
    def referral_id(self) -> str | None: ...
    @property
    def reference(self) -> str | None: ...
    @property
    def urgency(self) -> Any: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def listing_count(self) -> int | None: ...
    @property
    def listing_id(self) -> str | None: ...


class UnitOfWork(Protocol):
    """One transaction with its repositories; leaving it without `commit` undoes everything."""

    @property
    def contacts(self) -> Contacts: ...
    @property
    def announcements(self) -> Announcements: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def endpoints(self) -> Endpoints: ...

    def emit(
        self,
        event_type: str,
        *,
        subject: str,
        aggregate_version: int,
        data: Mapping[str, Any],
        causation_id: str | None = None,
    ) -> object: ...

    def record(self, *, principal: Any, action: str, object_type: str, object_id: str) -> None: ...

    def commit(self) -> None: ...


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True)
class Letter:
    """A mail ready to go; the message id is the same on every attempt."""

    delivery_id: str
    to: str
    subject: str
    body: str
    language: Language
    is_urgent: bool


@dataclass(frozen=True)
class WebhookCall:
    """A signed request ready to go; id and body are the same on every attempt."""

    delivery_id: str
    url: str
    secret: bytes
    body: bytes


class MailSender(Protocol):
    """Hands a letter to the mail server; never raises for what the other side does."""

    def send(self, letter: Letter) -> Verdict: ...


class WebhookSender(Protocol):
    """Makes the call; never raises for what the other side does."""

    def send(self, call: WebhookCall, *, now: datetime) -> Verdict: ...


class ContactDirectory(Protocol):
    """Where the truth about accounts lives. Raises ContactsUnavailable."""

    def accounts_of(self, agency_id: str) -> Sequence[Contact]: ...


class ContactsUnavailable(Exception):
    """The contacts cannot be read now; ask again later."""

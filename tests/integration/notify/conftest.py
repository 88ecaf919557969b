"""A migrated database, the service built over it, and a network of two agencies."""

from __future__ import annotations

import base64
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, text

from chassis.clock import to_rfc3339
from chassis.events.envelope import Event
from chassis.inbox.apply import Outcome
from chassis.migrations import migrate
from chassis.testing.fakes import FakeClock
from services.notify.application.deliver import Deliverer
from services.notify.application.keep_contacts import fetch_due_contacts
from services.notify.application.ports import ContactsUnavailable
from services.notify.bootstrap import Container, build_applier, build_container, build_deliverer
from services.notify.domain.contact import Contact
from services.notify.domain.message import Language
from services.notify.settings import NotifySettings
from tests.support.postgres import create_database, drop_database

SERVICE_FOLDER = Path(__file__).parents[3] / "services" / "notify"
SENDER, RECEIVER = (str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in ("sender", "receiver"))


def account(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass
class FakeIdentity:
    """Identity as notify sees it: answers with accounts, or is down."""

    is_down: bool = False
    accounts: list[Contact] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def accounts_of(self, agency_id: str) -> Sequence[Contact]:
        self.asked.append(agency_id)
        if self.is_down:
            raise ContactsUnavailable
        return [contact for contact in self.accounts if contact.agency_id == agency_id]


@dataclass
class Network:
    """The service with its neighbours, driven step by step."""

    container: Container
    identity: FakeIdentity
    clock: FakeClock

    def deliver_event(self, event: Event) -> Outcome:
        return build_applier(self.container).deliver(event, threading.Event())

    def referral_event(self, event_type: str = "referral.sent.v1", **changes: Any) -> Event:
        referral_id = changes.pop("referral_id", str(uuid.uuid4()))
        data = {
            "referral_id": referral_id,
            "reference": "LR-7K3M-2Q9D",
            "kind": "referral",
            "status": "sent",
            "urgency": "routine",
            "referring_agency_id": SENDER,
            "receiving_agency_id": RECEIVER,
            "service_id": str(uuid.uuid4()),
            "actor_account_id": account("worker.sender"),
            "actor_agency_id": SENDER,
            "occurred_at": to_rfc3339(self.clock.now()),
            **changes,
        }
        return Event.new(
            type=event_type,
            source="/services/referral",
            subject=referral_id,
            data=data,
            aggregate_version=1,
            clock=self.clock,
        )

    def fetch_contacts(self) -> None:
        while fetch_due_contacts(self.container.unit_of_work, self.identity, clock=self.clock):
            pass

    def know_contacts(self) -> None:
        for agency_id in (SENDER, RECEIVER):
            with self.container.unit_of_work() as uow:
                uow.contacts.want(agency_id, now=self.clock.now())
                uow.contacts.set_country(agency_id, "AL")
                uow.commit()
        self.fetch_contacts()

    def rows(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        with self.container.engine.connect() as connection:
            return connection.execute(text(statement), values).all()

    def told(self, channel: str = "inbox") -> list[str]:
        """Return who was told, by name."""
        table, column = ("inbox_entry", "account_id") if channel == "inbox" else ("delivery", "recipient_id")
        where = "" if channel == "inbox" else f" WHERE channel = '{channel}'"
        names = {contact.account_id: contact.email.partition("@")[0] for contact in self.identity.accounts}
        return sorted(names.get(str(row[0]), str(row[0])) for row in self.rows(f"SELECT {column} FROM {table}{where}"))

    def emitted(self) -> list[tuple[str, dict[str, Any]]]:
        return [(row.type, row.data) for row in self.rows("SELECT type, data FROM outbox ORDER BY position")]

    def deliverer(self, **changes: Any) -> Deliverer:
        return replace(build_deliverer(self.container), jitter=lambda: 0.5, **changes)

    def with_settings(self, **changes: Any) -> Network:
        settings = replace(self.container.settings, **changes)
        container = build_container(settings, clock=self.clock)
        return replace(self, container=replace(container, engine=self.container.engine))


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    url = create_database()
    migrate(SERVICE_FOLDER, url)
    yield url
    drop_database(url)


@pytest.fixture
def settings(database_url: str) -> NotifySettings:
    return NotifySettings.from_environment(
        {
            "DATABASE_URL": database_url,
            "ISSUER": "https://issuer.example.org",
            "IDENTITY_URL": "http://identity.invalid",
            "REFERRAL_URL": "http://referral.invalid",
            "PORTAL_URL": "https://portal.example.org",
            "KEY_ENCRYPTION_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": "1",
            "SMTP_FROM": "noreply@lidhja.example.org",
            "SMTP_STARTTLS": "false",
            "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
    )


@pytest.fixture
def network(settings: NotifySettings) -> Iterator[Network]:
    clock = FakeClock()
    container = build_container(settings, clock=clock)
    with container.engine.begin() as connection:
        connection.execute(
            text(
                "TRUNCATE agency, contact, announcement, inbox_entry, preference, webhook_endpoint, delivery,"
                " delivery_attempt, outbox, inbox, dead_letter"
            )
        )
    identity = FakeIdentity(
        accounts=[
            a_contact("worker.sender", SENDER, "caseworker"),
            a_contact("head.sender", SENDER, "supervisor"),
            a_contact("admin.sender", SENDER, "agency_administrator"),
            a_contact("worker.receiver", RECEIVER, "caseworker", language=Language.ALBANIAN),
            a_contact("officer.receiver", RECEIVER, "municipality_officer"),
            a_contact("admin.receiver", RECEIVER, "agency_administrator"),
        ]
    )
    yield Network(container, identity, clock)
    container.engine.dispose()


def a_contact(name: str, agency_id: str, *roles: str, language: Language = Language.ENGLISH) -> Contact:
    return Contact(account(name), agency_id, f"{name}@demo.example.org", language, frozenset(roles))

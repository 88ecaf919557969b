"""Puts the service together from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from chassis.clock import Clock, SystemClock
from chassis.database import make_engine
from chassis.events.registry import default_registry
from chassis.http_client import ClientCredentials, ServiceClient
from chassis.inbox.apply import EventApplier, Handler
from chassis.inbox.reconciler import HttpFeedClient
from services.notify.adapters.address_guard import AddressGuard
from services.notify.adapters.email_smtp import MailServer, SmtpMailSender
from services.notify.adapters.identity_client import IdentityContacts
from services.notify.adapters.repositories import NotifyUnitOfWork
from services.notify.adapters.templates import Templates
from services.notify.adapters.webhook import HttpWebhookSender
from services.notify.application.deliver import Deliverer
from services.notify.application.keep_contacts import note_account, note_account_disabled, note_agency
from services.notify.application.react_to_event import react_to_event
from services.notify.domain.news import KINDS, LISTINGS_DUE, OF_LISTINGS
from services.notify.settings import NotifySettings

SERVICE = "notify"


@dataclass(frozen=True)
class Container:
    """What handlers, worker and command line share."""

    settings: NotifySettings
    engine: Engine
    clock: Clock
    guard: AddressGuard
    templates: Templates

    def unit_of_work(self) -> NotifyUnitOfWork:
        """Return a fresh transaction, not yet open."""
        return NotifyUnitOfWork(self.engine, clock=self.clock, key_ring=self.settings.key_ring)


def build_container(settings: NotifySettings, *, clock: Clock | None = None) -> Container:
    """Build what every process of the service needs; connects to nothing yet."""
    return Container(
        settings=settings,
        engine=make_engine(settings.database_url),
        clock=clock or SystemClock(),
        guard=AddressGuard(settings.webhook_allowed_networks),
        templates=Templates(),
    )


def event_handlers(clock: Clock) -> dict[str, Handler]:
    """Return which event is answered by what."""
    handlers: dict[str, Handler] = {
        "agency.registered.v1": partial(note_agency, clock=clock),
        "account.created.v1": partial(note_account, clock=clock),
        "account.changed.v1": partial(note_account, clock=clock),
        "account.disabled.v1": partial(note_account_disabled, clock=clock),
    }
    handlers.update(dict.fromkeys((*KINDS, *OF_LISTINGS, LISTINGS_DUE), partial(react_to_event, clock=clock)))
    return handlers


def build_applier(container: Container) -> EventApplier:
    """Build what brings each event to its handler once."""
    return EventApplier(consumer=SERVICE, handlers=event_handlers(container.clock), unit_of_work=container.unit_of_work)


def consumed_topics(container: Container) -> list[str]:
    """Return the topics of all the events that are handled."""
    return default_registry().topics_of(list(event_handlers(container.clock)))


def build_deliverer(container: Container) -> Deliverer:
    """Build the sender of mails and webhooks."""
    settings = container.settings
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        requires_starttls=settings.smtp_starttls,
        username=settings.smtp_username,
        password=settings.smtp_password,
    )
    return Deliverer(
        unit_of_work=container.unit_of_work,
        mail_sender=SmtpMailSender(server, clock=container.clock),
        webhook_sender=HttpWebhookSender(container.guard),
        writer=container.templates,
        portal_url=settings.portal_url,
        clock=container.clock,
    )


def build_contact_directory(settings: NotifySettings) -> IdentityContacts:
    """Build the reader of accounts."""
    return IdentityContacts(_client(settings, settings.identity_url))


def build_feeds(settings: NotifySettings) -> dict[str, HttpFeedClient]:
    """Build the readers of the producers' feeds."""
    urls = {
        "identity": settings.identity_url,
        "referral": settings.referral_url,
        "directory": settings.directory_url,
    }
    return {name: HttpFeedClient(_client(settings, url)) for name, url in urls.items() if url}


def _client(settings: NotifySettings, url: str) -> ServiceClient:
    tokens = ClientCredentials(
        token_url=settings.token_url, client_id=settings.client_id, client_secret=settings.client_secret
    )
    return ServiceClient(url, token_source=tokens)

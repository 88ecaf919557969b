"""Keeps inbox entries, preferences and webhook endpoints, and opens them all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import Clock
from chassis.encryption import KeyRing, WrappedKey
from chassis.ids import new_id
from chassis.unit_of_work import SqlUnitOfWork
from services.notify.adapters.contact_store import AnnouncementStore, ContactStore
from services.notify.adapters.delivery_store import DeliveryStore
from services.notify.adapters.tables import delivery, inbox_entry, preference, webhook_endpoint
from services.notify.application.ports import Told
from services.notify.domain.message import Language
from services.notify.domain.news import NewsKind
from services.notify.domain.preference import Preference
from services.notify.domain.webhook_endpoint import WebhookEndpoint


class NotifyUnitOfWork(SqlUnitOfWork):
    """One transaction of this service."""

    contacts: ContactStore
    announcements: AnnouncementStore
    deliveries: DeliveryStore
    inbox: InboxStore
    preferences: PreferenceStore
    endpoints: EndpointStore

    def __init__(self, engine: Engine, *, clock: Clock, key_ring: KeyRing) -> None:
        super().__init__(engine, source="/services/notify", clock=clock)
        self._key_ring = key_ring

    def opened(self) -> None:
        """Give every repository the open connection."""
        self.contacts = ContactStore(self.connection)
        self.announcements = AnnouncementStore(self.connection)
        self.deliveries = DeliveryStore(self.connection)
        self.inbox = InboxStore(self.connection)
        self.preferences = PreferenceStore(self.connection)
        self.endpoints = EndpointStore(self.connection, self._key_ring)


class InboxStore:
    """What people read in the portal."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, account_id: str, agency_id: str, kind: str, news: Told, *, now: datetime) -> bool:
        """Add an entry; False where the person was told of this event before."""
        statement = insert(inbox_entry).values(
            id=new_id(),
            account_id=account_id,
            agency_id=agency_id,
            event_id=news.event_id,
            kind=kind,
            referral_id=news.referral_id,
            reference=news.reference,
            urgency=news.urgency.value,
            due_at=news.due_at,
            listing_count=news.listing_count,
            listing_id=news.listing_id,
            created_at=now,
        )
        return (
            self._connection.execute(statement.on_conflict_do_nothing().returning(inbox_entry.c.id)).first() is not None
        )

    def mark_read(self, entry_id: str, account_id: str, *, now: datetime) -> bool:
        """Mark an entry as read; False where the person has no such entry."""
        marked = self._connection.execute(
            update(inbox_entry)
            .where(inbox_entry.c.id == entry_id, inbox_entry.c.account_id == account_id)
            .values(read_at=func.coalesce(inbox_entry.c.read_at, now))
        )
        return marked.rowcount == 1

    def mark_all_read(self, account_id: str, *, now: datetime) -> int:
        """Mark all entries as read; return how many were not."""
        marked = self._connection.execute(
            update(inbox_entry)
            .where(inbox_entry.c.account_id == account_id, inbox_entry.c.read_at.is_(None))
            .values(read_at=now)
        )
        return marked.rowcount


class PreferenceStore:
    """People's choices, guarded by version."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: str) -> Preference | None:
        """Return what the person chose, if anything."""
        row = self._connection.execute(select(preference).where(preference.c.account_id == account_id)).first()
        if row is None:
            return None
        muted = frozenset(NewsKind(kind) for kind in row.muted)
        return Preference(row.account_id, Language(row.language), muted, row.version)

    def save(self, changed: Preference, agency_id: str, *, now: datetime) -> bool:
        """Store a changed preference; False where somebody else stored that version first."""
        values: dict[str, Any] = {
            "agency_id": agency_id,
            "language": changed.language.value,
            "muted": sorted(kind.value for kind in changed.muted),
            "version": changed.version,
            "updated_at": now,
        }
        statement = insert(preference).values(account_id=changed.account_id, **values)
        stored = self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[preference.c.account_id],
                set_=values,
                where=preference.c.version == changed.version - 1,
            ).returning(preference.c.version)
        )
        return stored.first() is not None


class EndpointStore:
    """Webhook endpoints; secrets are encrypted, and bound to their endpoint, before they are stored."""

    def __init__(self, connection: Connection, key_ring: KeyRing) -> None:
        self._connection = connection
        self._key_ring = key_ring

    def lock_agency(self, agency_id: str) -> None:
        """Let one registration of an agency at a time pass, so that its limit holds."""
        self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(agency_id, 0))))

    def add(self, endpoint: WebhookEndpoint, *, created_by: str) -> None:
        """Store a new endpoint."""
        sealed = self._key_ring.wrap(endpoint.secret, _place(endpoint.id))
        self._connection.execute(
            insert(webhook_endpoint).values(
                id=endpoint.id,
                agency_id=endpoint.agency_id,
                url=endpoint.url,
                description=endpoint.description,
                secret_key_id=sealed.key_id,
                secret_ciphertext=sealed.ciphertext,
                created_at=endpoint.created_at,
                created_by=created_by,
            )
        )

    def get(self, endpoint_id: str) -> WebhookEndpoint | None:
        """Return an endpoint, whosever it is: the caller checks."""
        row = self._connection.execute(select(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)).first()
        return self._endpoint(row) if row else None

    def of_agency(self, agency_id: str) -> Sequence[WebhookEndpoint]:
        """Return an agency's endpoints."""
        rows = self._connection.execute(select(webhook_endpoint).where(webhook_endpoint.c.agency_id == agency_id))
        return [self._endpoint(row) for row in rows]

    def remove(self, endpoint_id: str) -> None:
        """Forget an endpoint, what waits for it and what was tried."""
        self._connection.execute(delete(delivery).where(delivery.c.recipient_id == endpoint_id))
        self._connection.execute(delete(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id))

    def set_disabled(self, endpoint_id: str, moment: datetime | None) -> None:
        """Disable an endpoint, or make it active again with None."""
        self._connection.execute(
            update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id).values(disabled_at=moment)
        )

    def _endpoint(self, row: Any) -> WebhookEndpoint:
        sealed = WrappedKey(row.secret_key_id, bytes(row.secret_ciphertext))
        return WebhookEndpoint(
            id=row.id,
            agency_id=row.agency_id,
            url=row.url,
            description=row.description,
            created_at=row.created_at,
            secret=self._key_ring.unwrap(sealed, _place(row.id)),
            disabled_at=row.disabled_at,
        )


def _place(endpoint_id: str) -> bytes:
    return f"webhook-endpoint/{endpoint_id}".encode()

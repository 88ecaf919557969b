"""Sends what is due: claims it, sends it outside any transaction, and records what became of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chassis.clock import Clock, to_rfc3339
from services.notify.application.ports import (
    Letter,
    MailSender,
    UnitOfWork,
    UnitOfWorkFactory,
    WebhookCall,
    WebhookSender,
)
from services.notify.domain.contact import administrators
from services.notify.domain.delivery import Delivery, Reason, Status, Verdict
from services.notify.domain.message import Language, Link, ListingsLink, ListingsNotice, MailText, Notice
from services.notify.domain.news import Subject, Urgency
from services.notify.domain.retry import Channel

# Longer than any attempt may take (see the time-outs of the senders): a claim that outlived it is dead.
LEASE = timedelta(seconds=120)
_FAILURE_REASONS = {
    Reason.GONE: "endpoint-gone",
    Reason.ENDPOINT_DISABLED: "endpoint-gone",
    Reason.RECIPIENT_GONE: "recipient-gone",
}


class MailWriter(Protocol):
    """Writes a mail from a notice; there is nothing else it could write about."""

    def mail(self, notice: Notice | ListingsNotice, *, language: Language, country: str | None) -> MailText: ...


@dataclass(frozen=True)
class Deliverer:
    """The use case with its tools. Several may work side by side; none sends what another has claimed."""

    unit_of_work: UnitOfWorkFactory
    mail_sender: MailSender
    webhook_sender: WebhookSender
    writer: MailWriter
    portal_url: str
    clock: Clock
    jitter: Callable[[], float] = random.random

    def deliver_next(self, channel: Channel) -> Delivery | None:
        """Send the most urgent delivery that is due, or return None when there is none.

        A kill after the claim costs nothing but time: when the lease has run out the delivery is due
        again, under the same id, which the receiving side may know already.
        """
        with self.unit_of_work() as uow:
            claimed = uow.deliveries.claim(channel, now=self.clock.now(), lease=LEASE)
            uow.commit()
        if claimed is None:
            return None
        # Not in the claim's transaction: a delivery that cannot be prepared must not stay first in line.
        with self.unit_of_work() as uow:
            order = self._prepare(uow, claimed)
        started_at = self.clock.now()
        verdict = self._send(order)
        with self.unit_of_work() as uow:
            finished = self._record(uow, claimed, verdict, started_at=started_at)
            uow.commit()
        return finished

    def _prepare(self, uow: UnitOfWork, delivery: Delivery) -> Letter | WebhookCall | Verdict:
        if delivery.channel is Channel.EMAIL:
            return self._write_letter(uow, delivery)
        endpoint = uow.endpoints.get(delivery.recipient_id)
        if endpoint is None or not (endpoint.is_active or delivery.is_test):
            return Verdict(permanent=True, reason=Reason.ENDPOINT_DISABLED)
        return WebhookCall(delivery.id, endpoint.url, endpoint.secret, webhook_body(delivery))

    def _write_letter(self, uow: UnitOfWork, delivery: Delivery) -> Letter | Verdict:
        contact = uow.contacts.get(delivery.recipient_id)
        notice = self._notice(delivery)
        if contact is None or not contact.is_active or notice is None:
            return Verdict(permanent=True, reason=Reason.RECIPIENT_GONE)
        preference = uow.preferences.get(contact.account_id)
        language = preference.language if preference else contact.language
        text = self.writer.mail(notice, language=language, country=uow.contacts.country_of(delivery.agency_id))
        return Letter(
            delivery_id=delivery.id,
            to=contact.email,
            subject=text.subject,
            body=text.body,
            language=language,
            is_urgent=delivery.urgency is not Urgency.ROUTINE,
        )

    def _notice(self, delivery: Delivery) -> Notice | ListingsNotice | None:
        if delivery.listing_count is not None and delivery.due_at is not None:
            return ListingsNotice(delivery.listing_count, ListingsLink(self.portal_url), delivery.due_at)
        if delivery.referral_id is None or delivery.reference is None:
            return None
        return Notice(
            reference=delivery.reference,
            urgency=delivery.urgency,
            link=Link(self.portal_url, delivery.referral_id, Subject.of(delivery.reference)),
            due=delivery.due_at,
        )

    def _send(self, order: Letter | WebhookCall | Verdict) -> Verdict:
        if isinstance(order, Letter):
            return self.mail_sender.send(order)
        if isinstance(order, WebhookCall):
            return self.webhook_sender.send(order, now=self.clock.now())
        return order

    def _record(self, uow: UnitOfWork, claimed: Delivery, verdict: Verdict, *, started_at: datetime) -> Delivery:
        now = self.clock.now()
        finished = claimed.after(verdict, now=now, jitter=self.jitter())
        if not uow.deliveries.finish_attempt(finished, verdict, started_at=started_at, now=now):
            # The lease ran out and somebody else has it now: theirs is the record that counts.
            return claimed
        if claimed.channel is Channel.WEBHOOK:
            self._judge_endpoint(uow, claimed, verdict, now=now)
        if finished.status.is_final and not finished.is_test:
            _report(uow, finished, verdict, now=now)
        return finished

    def _judge_endpoint(self, uow: UnitOfWork, delivery: Delivery, verdict: Verdict, *, now: datetime) -> None:
        if verdict.reason is Reason.GONE:
            uow.endpoints.set_disabled(delivery.recipient_id, now)
            # What waits for the endpoint shall fail now, and be seen, not in a week.
            uow.deliveries.hasten(delivery.recipient_id, now=now)
        elif verdict.accepted and delivery.is_test:
            uow.endpoints.set_disabled(delivery.recipient_id, None)


def webhook_body(delivery: Delivery) -> bytes:
    """Write the thin payload; the same delivery always gives the same bytes."""
    is_enquiry = Subject.of(delivery.reference) is Subject.ENQUIRY
    data = {
        "enquiry_id" if is_enquiry else "referral_id": delivery.referral_id,
        "reference": delivery.reference,
        "status": delivery.referral_status,
        "urgency": delivery.urgency.value,
    }
    body = {
        "type": delivery.event_type,
        "timestamp": to_rfc3339(delivery.occurred_at),
        "data": {} if delivery.is_test else data,
    }
    return json.dumps(body, separators=(",", ":")).encode()


def _report(uow: UnitOfWork, delivery: Delivery, verdict: Verdict, *, now: datetime) -> None:
    data = {
        "notification_id": delivery.id,
        "event_id": delivery.event_id,
        "subject_id": delivery.referral_id or delivery.agency_id,
        "channel": delivery.channel.value,
        "recipient_agency_id": delivery.agency_id,
        "occurred_at": to_rfc3339(now),
    }
    if delivery.status is Status.DELIVERED:
        event_type = "notification.delivered.v1"
    else:
        event_type = "notification.failed.v1"
        refused = "refused" if delivery.status is Status.PERMANENT_FAILURE else "gave-up"
        data["reason"] = _FAILURE_REASONS.get(verdict.reason, refused) if verdict.reason else refused
        for person in administrators(uow.contacts.of_agency(delivery.agency_id)):
            uow.inbox.add(person.account_id, person.agency_id, event_type, delivery, now=now)
    uow.emit(event_type, subject=delivery.id, aggregate_version=1, data=data, causation_id=delivery.event_id)

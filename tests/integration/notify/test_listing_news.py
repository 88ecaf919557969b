"""Reviews and claims are told in the inbox of who keeps listings, in neutral words, and to nobody by mail."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from chassis.clock import to_rfc3339
from chassis.events.envelope import Event
from chassis.events.registry import default_registry
from services.notify.adapters.templates import Templates
from services.notify.domain.message import Language
from services.notify.domain.news import OF_LISTINGS
from tests.contract.test_events import SAMPLES
from tests.integration.notify.conftest import RECEIVER, SENDER, Network, account


def news(network: Network, kind: str, **changes: Any) -> Event:
    sample = json.loads((SAMPLES / f"{kind}.json").read_text(encoding="utf-8"))["data"]
    data = {**sample, "occurred_at": to_rfc3339(network.clock.now()), **changes}
    event = Event.new(
        type=kind,
        source="/services/directory",
        subject=str(uuid.uuid4()),
        data=data,
        aggregate_version=1,
        clock=network.clock,
    )
    default_registry().validate(event)
    return event


def test_a_claim_is_told_to_who_decides_and_its_decision_to_who_made_it(network: Network) -> None:
    network.know_contacts()
    parties = {"agency_id": SENDER, "maintaining_agency_id": RECEIVER}
    network.deliver_event(news(network, "claim.submitted.v1", **parties))
    assert network.told() == ["officer.receiver"]
    network.deliver_event(news(network, "claim.decided.v1", **parties))
    assert sorted(network.told()) == ["admin.sender", "officer.receiver"]


def test_a_claim_that_only_the_administrator_decides_is_told_to_no_agency(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(news(network, "claim.submitted.v1", agency_id=SENDER, maintaining_agency_id=None))
    assert network.told() == []


@pytest.mark.parametrize(
    "kind",
    [
        "listing.submitted.v1",
        "listing.commented.v1",
        "listing.decided.v1",
        "organization.submitted.v1",
        "organization.commented.v1",
        "organization.decided.v1",
        "organization.waiver_asked.v1",
        "organization.review_set.v1",
    ],
)
def test_a_review_is_told_to_both_agencies_once_each_and_by_no_mail(network: Network, kind: str) -> None:
    network.know_contacts()
    event = news(network, kind, agency_id=SENDER, maintaining_agency_id=RECEIVER)
    for _ in range(2):
        network.deliver_event(event)
    assert sorted(network.told()) == ["admin.sender", "officer.receiver"]
    assert network.told("email") == []
    assert network.told("webhook") == []


def test_where_the_only_officer_asks_the_administrator_is_told(network: Network) -> None:
    network.know_contacts()
    parties = {
        "agency_id": RECEIVER,
        "maintaining_agency_id": RECEIVER,
        "actor_account_id": account("officer.receiver"),
    }
    network.deliver_event(news(network, "organization.waiver_asked.v1", **parties))
    assert network.told() == ["admin.receiver"]


def test_one_agency_in_both_parts_is_told_once(network: Network) -> None:
    network.know_contacts()
    parties = {"agency_id": RECEIVER, "maintaining_agency_id": RECEIVER}
    network.deliver_event(news(network, "listing.submitted.v1", **parties))
    assert network.told() == ["officer.receiver"]


@pytest.mark.parametrize("kind", ["delegation.given.v1", "delegation.ended.v1"])
def test_a_delegation_is_told_to_each_agency_by_an_event_of_its_own_and_not_to_who_did_it(
    network: Network, kind: str
) -> None:
    network.know_contacts()
    did_it = {"actor_account_id": account("officer.receiver")}
    network.deliver_event(news(network, kind, agency_id=SENDER, **did_it))
    assert network.told() == ["admin.sender"]
    network.deliver_event(news(network, kind, agency_id=RECEIVER, **did_it))
    assert "officer.receiver" not in network.told()
    assert network.told("email") == []


@pytest.mark.parametrize("kind", OF_LISTINGS)
def test_every_language_has_a_sentence_of_its_own(kind: str) -> None:
    templates = Templates()
    lines = {language: templates.inbox_line(kind, None, 1, language=language) for language in Language}
    assert all(lines.values())
    assert lines[Language.ENGLISH] not in [line for tag, line in lines.items() if tag is not Language.ENGLISH]
    failed = templates.inbox_line("notification.failed.v1", None, 1, language=Language.ENGLISH)
    assert lines[Language.ENGLISH] != failed


@pytest.mark.parametrize("are_known", [True, False])
def test_an_entry_names_the_one_listing_by_its_id_and_says_nothing_of_it(network: Network, are_known: bool) -> None:
    """Who is not known yet is told later, of the same listing."""
    listing_id = str(uuid.uuid4())
    parties = {"agency_id": SENDER, "maintaining_agency_id": RECEIVER, "service_id": listing_id}
    if are_known:
        network.know_contacts()
    network.deliver_event(news(network, "listing.commented.v1", **parties))
    network.know_contacts()
    rows = network.rows("SELECT listing_id::text, kind FROM inbox_entry")
    assert [tuple(row) for row in rows] == [(listing_id, "listing.commented.v1")] * 2


def test_what_is_of_many_or_of_an_organization_names_no_listing(network: Network) -> None:
    network.know_contacts()
    parties = {"agency_id": SENDER, "maintaining_agency_id": RECEIVER}
    network.deliver_event(news(network, "listing.submitted.v1", count=2, **parties))
    network.deliver_event(news(network, "organization.decided.v1", **parties))
    assert {row.listing_id for row in network.rows("SELECT listing_id FROM inbox_entry")} == {None}


def test_what_was_submitted_at_once_is_told_once_with_its_number(network: Network) -> None:
    network.know_contacts()
    parties = {"agency_id": SENDER, "maintaining_agency_id": RECEIVER}
    network.deliver_event(news(network, "listing.submitted.v1", count=500, **parties))
    assert sorted(network.told()) == ["admin.sender", "officer.receiver"]
    templates = Templates()
    for language in Language:
        line = templates.inbox_line("listing.submitted.v1", None, 500, language=language)
        assert "500" in line
        assert line != templates.inbox_line("listing.submitted.v1", None, 1, language=language)

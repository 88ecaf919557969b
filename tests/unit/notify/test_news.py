"""Who is told of what, and what may be told at all."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notify.domain.contact import Contact, administrators, people_to_tell
from services.notify.domain.message import Language, Link, ListingsNotice, Notice
from services.notify.domain.news import KINDS, News, NewsKind, Urgency
from services.notify.domain.preference import Preference

SENDER, RECEIVER = "agency-sender", "agency-receiver"


def a_referral_event(**changes: Any) -> dict[str, Any]:
    return {
        "referral_id": "0190a7c2-7f00-7000-8000-00000000b001",
        "reference": "LR-7K3M-2Q9D",
        "status": "sent",
        "urgency": "routine",
        "referring_agency_id": SENDER,
        "receiving_agency_id": RECEIVER,
        "actor_account_id": "somebody",
        "actor_agency_id": SENDER,
        "occurred_at": "2026-03-02T09:00:00Z",
        **changes,
    }


def news_of(event_type: str = "referral.sent.v1", **changes: Any) -> News:
    return News.from_event("event-1", event_type, a_referral_event(**changes))


def a_contact(name: str, *roles: str, active: bool = True) -> Contact:
    return Contact(name, RECEIVER, f"{name}@example.org", Language.ENGLISH, frozenset(roles), active)


@pytest.mark.parametrize("reference", ["", "Ana Marku", "LR-7K3M-2Q9D\nBcc: x@example.org", "lr-7k3m", "LR 7K3M"])
def test_a_reference_that_could_be_a_name_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        news_of(reference=reference)


@pytest.mark.parametrize("referral_id", ["", "../admin", "x?token=1", "0190a7c2"])
def test_a_link_leads_to_nothing_but_a_referral(referral_id: str) -> None:
    with pytest.raises(ValueError, match="link"):
        Link("https://portal.example.org", referral_id)


def test_a_notice_has_room_for_nothing_personal() -> None:
    assert {field.name for field in fields(Notice)} == {"reference", "urgency", "link", "due"}
    assert {field.name for field in fields(ListingsNotice)} == {"count", "link", "due"}


def test_news_keep_only_what_may_be_told() -> None:
    news = News.from_event("event-1", "referral.sent.v1", a_referral_event(child_name="Ana", service_id="shelter"))
    assert "Ana" not in repr(news)
    assert "shelter" not in repr(news)


def test_the_side_that_acted_is_not_told() -> None:
    assert news_of(actor_agency_id=SENDER).agencies_to_tell() == (RECEIVER,)
    assert news_of("referral.accepted.v1", actor_agency_id=RECEIVER).agencies_to_tell() == (SENDER,)


@pytest.mark.parametrize(
    "event_type", ["referral.deadline_missed.v1", "referral.expired.v1", "referral.service_closed.v1"]
)
@pytest.mark.parametrize("actor", [None, SENDER, RECEIVER])
def test_both_sides_hear_of_a_missed_deadline(event_type: str, actor: str | None) -> None:
    assert set(news_of(event_type, actor_agency_id=actor).agencies_to_tell()) == {SENDER, RECEIVER}


def test_both_sides_are_told_where_the_clock_acted() -> None:
    assert set(news_of("referral.resumed.v1", actor_agency_id=None).agencies_to_tell()) == {SENDER, RECEIVER}


def test_a_referral_that_was_never_sent_is_told_to_nobody() -> None:
    assert news_of("referral.entered_in_error.v1", receiving_agency_id=None).agencies_to_tell() == ()


def test_a_referral_within_an_agency_is_told_there() -> None:
    assert news_of(receiving_agency_id=SENDER).agencies_to_tell() == (SENDER,)


def test_an_inactive_account_is_not_told() -> None:
    assert people_to_tell([a_contact("gone", "caseworker", active=False)]) == []


def test_an_officer_who_carries_no_cases_is_not_told() -> None:
    people = [
        a_contact("officer", "municipality_officer"),
        a_contact("worker", "caseworker"),
        a_contact("head", "supervisor"),
    ]
    assert [person.account_id for person in people_to_tell(people)] == ["worker", "head"]


def test_administrators_stand_in_where_there_is_no_staff() -> None:
    people = [a_contact("admin", "agency_administrator"), a_contact("officer", "municipality_officer")]
    assert people_to_tell(people) == administrators(people) == [people[0]]


def test_muted_news_are_not_mailed() -> None:
    quiet = Preference("somebody", Language.ENGLISH, frozenset(NewsKind))
    assert not quiet.wants_email("referral.started.v1", Urgency.ROUTINE)


@pytest.mark.parametrize("event_type", ["referral.deadline_missed.v1", "consent.withdrawn.v1"])
def test_what_cannot_wait_is_mailed_whatever_was_muted(event_type: str) -> None:
    quiet = Preference("somebody", Language.ENGLISH, frozenset(NewsKind))
    assert quiet.wants_email(event_type, Urgency.ROUTINE)


@pytest.mark.parametrize("event_type", sorted(KINDS))
@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_urgent_news_are_mailed_whatever_was_muted(event_type: str, urgency: Urgency) -> None:
    assert Preference("somebody", Language.ENGLISH, frozenset(NewsKind)).wants_email(event_type, urgency)


@pytest.mark.parametrize(
    ("tag", "language"),
    [("sr", "sr-Cyrl"), ("sr_Latn", "sr-Latn"), ("SQ", "sq"), ("sq-XK", "sq"), ("mk", "en"), (None, "en"), ("", "en")],
)
def test_a_language_tag_finds_the_nearest_language(tag: str | None, language: str) -> None:
    assert Language.of(tag).value == language


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        news_of(occurred_at="2026-03-02T09:00:00")
    assert news_of(due_at="2026-03-02T10:00:00+01:00").due_at == datetime(2026, 3, 2, 9, tzinfo=UTC)

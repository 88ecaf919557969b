"""The rules a listing keeps by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.directory.domain.capacity import Capacity, RoomAnswer
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.errors import ContentDoesNotFit, TransitionNotAllowed, VersionIsStale
from services.directory.domain.listing import Listing, ListingContent, ListingStatus, ScheduleEntry
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation
from services.directory.domain.organization import Organization
from services.directory.domain.reserving import release, reserve
from services.directory.domain.reviewing import propose, put_in
from services.directory.domain.translation import Translation

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def content(**changes: object) -> ListingContent:
    fields = {"name": "n", "description": "d", "taxonomy_terms": ("t",), "languages": ("sq",), "serves": ("AL",)}
    return ListingContent(**{**fields, **changes})  # type: ignore[arg-type]


def listing(**changes: object) -> Listing:
    fields = {"id": "1", "organization_id": "2", "content": content(), "created_at": NOW, "last_modified": NOW}
    return Listing(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "has_room", "known"), [(2, False, 0), (2, True, 2), (0, True, 1), (None, True, 1), (None, False, 0)]
)
def test_an_answer_without_a_number_counts_until_a_number_is_said(said: int | None, has_room: bool, known: int) -> None:
    later = NOW + timedelta(days=1)
    answered = listing(capacity=None if said is None else Capacity(available=said, updated_at=NOW))
    answered.answer_room(RoomAnswer(has_room=has_room, said_at=later))
    assert answered.room == Capacity(available=known, updated_at=later, reported_at=later)
    assert reserve(answered, later) is (known > 0)
    assert answered.room.available == max(0, known - 1)
    answered.report_capacity(Capacity(available=5, updated_at=later), later)
    assert answered.room == answered.capacity


def test_a_draft_cannot_be_withdrawn() -> None:
    with pytest.raises(TransitionNotAllowed):
        listing().withdraw(NOW)


def test_a_virtual_service_without_an_area_cannot_be_published() -> None:
    with pytest.raises(ContentDoesNotFit):
        listing(content=content(serves=())).publish(NOW)


def test_a_stale_version_is_refused() -> None:
    with pytest.raises(VersionIsStale):
        listing(version=3).check_version(2)
    listing(version=3).check_version(None)


def test_only_changes_raise_the_version() -> None:
    one = listing()
    assert [one.publish(NOW), one.publish(NOW), one.withdraw(NOW), one.withdraw(NOW)] == [True, False, True, False]
    assert (one.version, one.status) == (3, ListingStatus.WITHDRAWN)


def test_reserving_and_releasing_stay_within_what_is_there() -> None:
    one = listing(capacity=Capacity(available=1, maximum=1, updated_at=NOW))
    later = NOW + timedelta(hours=1)
    assert [reserve(one, later), reserve(one, later), release(one, later), release(one, later)] == [
        True,
        False,
        True,
        False,
    ]
    assert one.capacity == Capacity(available=1, maximum=1, updated_at=later, reported_at=NOW)
    assert [reserve(listing(), NOW), release(listing(), NOW)] == [False, False]


@pytest.mark.parametrize(
    "build",
    [
        lambda: Eligibility(minimum_age=2, maximum_age=1),
        lambda: Capacity(available=2, maximum=1, updated_at=NOW),
        lambda: PhysicalLocation(municipality="AL-tirane", latitude=1.0),
        lambda: content(schedule=(ScheduleEntry(byday=("MO",), opens_at="09:00", closes_at="09:00"),)),
    ],
)
def test_contradictions_are_refused(build: object) -> None:
    with pytest.raises(ContentDoesNotFit):
        build()  # type: ignore[operator]


@pytest.mark.parametrize(("age", "is_taken"), [(5, False), (6, True), (17, True), (18, False)])
def test_both_ends_of_an_age_interval_are_taken(age: int, is_taken: bool) -> None:
    assert Eligibility(minimum_age=6, maximum_age=17).takes_age(age) is is_taken


def test_a_child_whose_sex_is_not_known_is_not_turned_away() -> None:
    for_girls = Eligibility(sex=Sex.FEMALE)
    assert [for_girls.takes_sex(sex) for sex in ("female", "male", "other", "unknown")] == [True, False, True, True]


def test_a_confidential_location_does_not_show_itself() -> None:
    assert "Rruga" not in repr(content(location=ConfidentialLocation(address_1="Rruga 1")))


def test_an_organization_is_kept_by_its_agency_and_its_maintainer_alone() -> None:
    one = Organization(id="1", name="n", description="d", country="AL", agency_id="a", maintaining_agency_id="b")
    assert [one.may_be_kept_by(agency) for agency in ("a", "b", "c")] == [True, True, False]


def test_what_is_counted_on_makes_a_report_no_younger() -> None:
    reported = Capacity(available=3, maximum=4, updated_at=NOW)
    later = NOW + timedelta(days=120)
    counted = reported.with_one_taken(later).with_one_freed(later + timedelta(days=1))
    assert (counted.said_at, counted.updated_at) == (NOW, later + timedelta(days=1))
    assert replace(counted, available=1, updated_at=later, reported_at=later).said_at == later


def in_albanian(text: str) -> tuple[Translation, ...]:
    return (Translation(language="sq", field="alert", text=text),)


def test_what_is_shown_at_once_outlives_a_revision_from_before() -> None:
    before = content(alert="Old.", phone="1", source_language="en", translations=in_albanian("E vjetër."))
    kept = listing(content=before, status=ListingStatus.PUBLISHED)
    propose(kept, content(alert="Old.", phone="2", source_language="en", translations=before.translations), "a", NOW)
    now = content(alert="New.", phone="1", source_language="en", translations=in_albanian("E re."))
    kept.revise(now, NOW)
    put_in(kept, NOW)
    # The revision was to change the number and had nothing to say of the alert.
    assert (kept.content.alert, kept.content.phone) == ("New.", "2")
    assert [entry.text for entry in kept.content.translations] == ["E re."]

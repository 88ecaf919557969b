"""What an import told beyond the listing's own fields stays true, or goes; beside a shelter it names no place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.directory.domain.eligibility import Eligibility
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.location import ConfidentialLocation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DETAIL: dict[str, Any] = {
    "phones": [{"id": "2c5c7d6e-6d8e-5c0f-8f5c-0d6a3c9f1b11", "number": "116 111"}],
    "contacts": [{"id": "3c5c7d6e-6d8e-5c0f-8f5c-0d6a3c9f1b12", "name": "Reception"}],
}


def content_of(**said: Any) -> ListingContent:
    fields: dict[str, Any] = {
        "name": "Day centre",
        "description": "A day centre.",
        "taxonomy_terms": ("day-centre",),
        "languages": ("sq",),
        "serves": ("AL-11",),
    }
    return ListingContent(**{**fields, **said})


def listing_with(content: ListingContent) -> Listing:
    return Listing(id="1", organization_id="2", content=content, created_at=NOW, last_modified=NOW)


@pytest.mark.parametrize("named", [{"addresses": [{}]}, {"program": {"note": [{"latitude": 41.3}]}}])
def test_beside_a_confidential_location_no_place_may_be_named_however_deep(named: dict[str, Any]) -> None:
    with pytest.raises(ContentDoesNotFit):
        content_of(location=ConfidentialLocation(), hsds=named)


def test_a_change_of_a_field_drops_what_repeats_it_and_keeps_the_rest() -> None:
    listing = listing_with(content_of(phone="116 111", hsds=DETAIL))
    listing.revise(content_of(phone="116 000"), NOW)
    assert listing.content.hsds == {"contacts": DETAIL["contacts"]}


def test_a_change_of_another_field_keeps_the_detail() -> None:
    listing = listing_with(content_of(phone="116 111", hsds=DETAIL))
    listing.revise(replace(content_of(phone="116 111"), name="Renamed"), NOW)
    assert listing.content.hsds == DETAIL


def test_a_change_of_an_age_drops_what_was_told_exactly_of_it_alone() -> None:
    ages = {"minimum_age": 5.5, "maximum_age": 17.5}
    listing = listing_with(content_of(eligibility=Eligibility(minimum_age=5, maximum_age=17), hsds=ages))
    listing.revise(content_of(eligibility=Eligibility(minimum_age=6, maximum_age=17, description="All.")), NOW)
    assert listing.content.hsds == {"maximum_age": 17.5}

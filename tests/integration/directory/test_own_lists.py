"""An agency finds its own listings by words, in every state, and nobody else's."""

from __future__ import annotations

import uuid

import pytest

from tests.support.directory import Agency


def found(agency: Agency, search: str, **more: str) -> set[str]:
    answer = agency.client.get(
        "/listings",
        params={"search": search, **more},
        headers=agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes),
    )
    assert answer.status_code == 200, answer.text
    return {entry["id"] for entry in answer.json()["items"]}


def test_no_search_finds_what_another_agency_keeps(agency: Agency, other_agency: Agency) -> None:
    word = f"zq{uuid.uuid4().hex[:8]}"
    listing = agency.draft(name=f"Qendra {word}")
    assert found(other_agency, word) == set()
    assert found(agency, word) == {listing["id"]}


@pytest.mark.parametrize("typed", ["шабац", "Sabac", "šaba", "shabats", "саветовање ŠABAC", "Këshillim", "keshillim"])
def test_a_listing_is_found_by_words_in_either_script_and_by_their_beginnings(agency: Agency, typed: str) -> None:
    listing = agency.draft(name="Саветовање Шабац", alternate_name="Këshillim për fëmijë")
    assert listing["id"] in found(agency, typed)


@pytest.mark.parametrize("typed", ["abac", "sabac nowhere", "%", "'", "\\m", "shkoder.*"])
def test_what_no_name_says_is_not_found(agency: Agency, typed: str) -> None:
    agency.draft(name="Саветовање Шабац")
    assert found(agency, typed) == set()


def test_words_are_sought_in_the_state_asked_for_and_in_the_name_of_the_organization(agency: Agency) -> None:
    owner = agency.organization(name="Qendra Zanafilla")
    published, draft = agency.publish(organization_id=owner), agency.draft(organization_id=owner)
    assert found(agency, "zanafilla") == {published["id"], draft["id"]}
    assert found(agency, "zanafilla", status="draft") == {draft["id"]}

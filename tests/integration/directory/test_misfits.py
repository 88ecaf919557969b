"""Whoever is refused because fields contradict each other reads why, and what to do, in the language asked for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.directory import Agency, listing_body

ENGLISH = "The minimum age is above the maximum age; swap the two or leave one of them out."
ALBANIAN = "Mosha më e vogël është mbi më të madhen. Ndërrojini me njëra-tjetrën ose hiqni njërën."


@pytest.fixture
def refused(agency: Agency) -> Any:
    """Draft a listing whose ages are reversed, and return the refusal."""
    organization_id = agency.organization()

    def draft(language: str | None, **change: Any) -> Any:
        body = listing_body(organization_id=organization_id) | (change or {"minimum_age": 12, "maximum_age": 6})
        answer = agency.post("/listings", body, **({"Accept_Language": language} if language else {}))
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer

    return draft


@pytest.mark.parametrize("language", [None, "*", "en-GB", "ja", "ja, de;q=0.5"])
def test_where_nothing_else_fits_a_contradiction_is_told_in_english(refused: Any, language: str | None) -> None:
    answer = refused(language)
    assert answer.json()["detail"] == ENGLISH
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("language", "told_in"),
    [
        ("sq-XK", "sq"),
        ("sr", "sr-Cyrl"),
        ("sr-Latn-RS", "sr-Latn"),
        ("ja, bg;q=0.5", "bg"),
        ("hr", "bs"),
        ("cnr", "cnr"),
    ],
)
def test_a_contradiction_is_told_in_the_language_asked_for(refused: Any, language: str, told_in: str) -> None:
    english, answer = refused(None).json(), refused(language)
    assert answer.headers["Content-Language"] == told_in
    assert "Accept-Language" in answer.headers["Vary"]
    told = answer.json()
    assert told["detail"] != english["detail"]
    same = ("type", "title", "status", "code", "fields")
    assert {name: told[name] for name in same} == {name: english[name] for name in same}


def test_it_says_what_to_do(refused: Any) -> None:
    assert refused("sq").json()["detail"] == ALBANIAN


def test_the_number_that_a_rule_knows_stands_in_the_sentence(client: Any, issuer: Any, agency: Agency) -> None:
    asker = Agency(client, issuer, scopes="referrals:read referrals:write")
    later = (datetime.now(UTC) + timedelta(hours=25)).isoformat()
    need = {"needs": ["psychosocial-support"], "urgency": "emergency"}
    asked = {"need": need, "service_ids": [agency.publish()["id"]], "until": later}
    problem = asker.post("/capacity-enquiries", asked, Accept_Language="sr-Latn").json()
    assert problem["code"] == "open_too_long"
    assert "u narednih 24 h" in problem["detail"]


def test_other_refusals_are_as_they_were(agency: Agency) -> None:
    body = listing_body(organization_id=str(uuid.uuid4()))
    answer = agency.post("/listings", body, Accept_Language="sq")
    assert answer.status_code == 404
    assert "Content-Language" not in answer.headers

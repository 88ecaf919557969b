"""Matching: who fits, who nearly fits and why, and that nothing of the question is kept."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency

NEED = {"needs": ["trauma-therapy"], "limit": 50}


def match_of(answer: Any, listing: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    for kind in ("matches", "nearly"):
        for match in answer.json()[kind]:
            if match["service"]["id"] == listing["id"]:
                return kind, match
    return None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"needs": []}, 400),
        ({"needs": ["trauma-therapy"], "name": "Ana"}, 400),
        ({"needs": ["no-such-need"]}, 422),
        ({"needs": ["trauma-therapy"], "municipality": "AL-nowhere"}, 422),
    ],
)
def test_unfit_questions_are_refused(caseworker: Agency, body: dict[str, Any], status: int) -> None:
    assert caseworker.post("/matches", body).status_code == status


def test_an_officer_without_referrals_cannot_ask(agency: Agency) -> None:
    assert agency.post("/matches", NEED).status_code == 403


def test_a_fitting_service_comes_with_plain_reasons(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"])
    asked = {**NEED, "age": 12, "sex": "female", "languages": ["sq"], "municipality": "AL-tirane", "within_km": 30}
    kind, match = match_of(caseworker.post("/matches", asked), listing) or ("", {})
    assert kind == "matches"
    assert [reason["code"] for reason in match["reasons"]] == [
        "need", "age", "language", "serves", "distance", "place_free",
    ]  # fmt: skip
    assert (match["distance_km"], match["capacity"]["available"]) == (0.0, 3)
    assert match["service"]["receives_referrals"]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"minimum_age": 14}, "age"),
        ({"languages": ["bg"]}, "language"),
        ({"sex": "male"}, "sex"),
        ({"capacity": {"available": 0}}, "full"),
        ({"accepts_referrals": False}, "not_accepting"),
        ({"serves": ["RS-sabac"]}, "serves"),
        ({"location": {"kind": "physical", "municipality": "AL-shkoder"}}, "distance"),
    ],
)
def test_a_nearly_fitting_service_says_what_is_missing(
    agency: Agency, caseworker: Agency, change: dict[str, Any], missing: str
) -> None:
    listing = agency.publish(**{"taxonomy_terms": ["trauma-therapy"], **change})
    asked = {**NEED, "age": 12, "sex": "female", "languages": ["sq"], "municipality": "AL-tirane", "within_km": 30}
    kind, match = match_of(caseworker.post("/matches", asked), listing) or ("", {})
    assert kind == "nearly"
    assert [reason["code"] for reason in match["missing"]] == [missing]


def test_a_service_without_an_agency_is_only_nearly_fitting(agency: Agency, caseworker: Agency) -> None:
    listing = agency.publish(taxonomy_terms=["trauma-therapy"], organization_id=agency.organization(linked=False))
    kind, match = match_of(caseworker.post("/matches", NEED), listing) or ("", {})
    assert (kind, match["missing"][0]["code"], match["service"]["receives_referrals"]) == ("nearly", "no_agency", False)


def test_a_draft_and_a_withdrawn_service_are_not_matched(agency: Agency, caseworker: Agency) -> None:
    draft = agency.draft(taxonomy_terms=["trauma-therapy"])
    withdrawn = agency.publish(taxonomy_terms=["trauma-therapy"])
    agency.post(f"/listings/{withdrawn['id']}/withdraw")
    answer = caseworker.post("/matches", NEED)
    assert match_of(answer, draft) is None
    assert match_of(answer, withdrawn) is None


def test_nothing_of_the_question_is_kept_or_logged(
    caseworker: Agency, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caseworker.id = str(uuid.uuid4())
    answer = caseworker.post("/matches", {**NEED, "municipality": "ME-podgorica", "age": 13})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    for record in caplog.records:
        assert "podgorica" not in record.getMessage().lower() + str(record.__dict__)
    with directory.engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT (SELECT count(*) FROM audit_record WHERE agency_id = %s)"
            " + (SELECT count(*) FROM idempotency_key WHERE operation LIKE '%%atch%%')",
            (caseworker.id,),
        ).scalar()
    assert kept == 0

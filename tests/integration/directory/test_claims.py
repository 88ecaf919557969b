"""An agency claims its organization: who decides, that there is never a second agency, and that referrals reach it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from services.directory.entrypoints.claims_command import claims_command
from tests.support.directory import Agency

EVIDENCE = {"evidence": "The register of associations shows the same number.", "evidence_url": "https://example.org/1"}


@pytest.fixture
def town(agency: Agency) -> Agency:
    return agency.person()


@pytest.fixture
def claimant(other_agency: Agency) -> Agency:
    return other_agency.person()


def listed(town: Agency, **changes: Any) -> dict[str, Any]:
    """Publish a service of an organization that has no agency in the network."""
    return town.publish(organization_id=town.organization(linked=False), **changes)


def claim(claimant: Agency, organization_id: str, expect: int = 201) -> dict[str, Any]:
    answer = claimant.post(f"/organizations/{organization_id}/claims", EVIDENCE)
    assert answer.status_code == expect, answer.text
    return dict(answer.json())


def events(directory: Directory, subject: str) -> list[Any]:
    with directory.engine.connect() as connection:
        statement = text("SELECT type, data FROM outbox WHERE subject = :subject ORDER BY position")
        return list(connection.execute(statement, {"subject": subject}))


def test_what_the_public_does_not_know_of_cannot_be_claimed(town: Agency, claimant: Agency) -> None:
    claim(claimant, town.organization(linked=False), 404)
    claim(claimant, str(listed(town, tier="network")["organization_id"]), 404)
    claim(claimant, "00000000-0000-4000-8000-000000000000", 404)


def test_an_organization_with_an_agency_cannot_be_claimed(town: Agency, claimant: Agency) -> None:
    claim(claimant, town.publish()["organization_id"], 409)


def test_nobody_claims_twice_or_without_evidence(town: Agency, claimant: Agency) -> None:
    organization_id = listed(town)["organization_id"]
    path = f"/organizations/{organization_id}/claims"
    assert claimant.post(path, {"evidence": "  "}).status_code == 400
    assert claimant.request("POST", path, EVIDENCE).status_code == 400
    claim(claimant, organization_id)
    claim(claimant, organization_id, 409)


def test_only_who_keeps_the_listings_decides(town: Agency, claimant: Agency, client: Any) -> None:
    made = claim(claimant, listed(town)["organization_id"])
    stranger = Agency(client, town.issuer)
    seen = '"1"'
    assert stranger.post(f"/claims/{made['id']}/approve", If_Match=seen).status_code == 404
    assert stranger.get("/claims").json() == {"items": [], "next_cursor": None}
    assert claimant.post(f"/claims/{made['id']}/approve", If_Match=seen).status_code == 409
    assert claimant.post(f"/claims/{made['id']}/reject", {"reason": "other"}, If_Match=seen).status_code == 409
    assert town.post(f"/claims/{made['id']}/approve", If_Match='"7"').status_code == 412
    assert town.post(f"/claims/{made['id']}/reject", {"reason": "because"}).status_code == 400
    assert [entry["may_decide"] for entry in town.get("/claims").json()["items"]] == [True]
    assert [entry["may_decide"] for entry in claimant.get("/claims").json()["items"]] == [False]


def test_a_claim_is_decided_as_somebody_has_seen_it(town: Agency, claimant: Agency) -> None:
    path = f"/claims/{claim(claimant, listed(town)['organization_id'])['id']}"
    for unseen, status in (({}, 428), ({"If_Match": "*"}, 428), ({"If_Match": 'W/"1"'}, 412)):
        assert town.post(f"{path}/approve", **unseen).status_code == status
        assert town.post(f"{path}/reject", {"reason": "other"}, **unseen).status_code == status
    assert town.get("/claims").json()["items"][0]["status"] == "pending"


def test_whoever_claims_for_the_keeping_agency_does_not_decide_himself(town: Agency) -> None:
    made = claim(town, town.organization(linked=False))
    assert town.post(f"/claims/{made['id']}/approve", If_Match='"1"').status_code == 409
    assert town.person().post(f"/claims/{made['id']}/approve", If_Match='"1"').status_code == 200


def test_from_approval_on_the_agency_keeps_its_listings_and_referrals_reach_it(
    town: Agency, claimant: Agency, directory: Directory, client: Any
) -> None:
    listing = listed(town)
    path, asker = f"/listings/{listing['id']}", Agency(client, town.issuer, scopes="referrals:read referrals:write")
    question = {"need": {"needs": listing["taxonomy_terms"]}, "service_ids": [listing["id"]]}
    made = claim(claimant, listing["organization_id"])
    assert claimant.get(path).status_code == 404
    assert asker.post("/capacity-enquiries", question).status_code == 422
    approved = town.post(f"/claims/{made['id']}/approve", If_Match='"1"').json()
    assert (approved["status"], approved["version"]) == ("approved", 2)
    assert claimant.get(path).status_code == 200
    assert asker.post("/capacity-enquiries", question).status_code == 201
    last = events(directory, listing["id"])[-1]
    assert (last.type, last.data["agency_id"]) == ("service.published.v1", claimant.id)
    # Two agencies keep it now, so each looks at what the other writes.
    assert claimant.get(path).json()["review"]["required"]


def test_there_is_never_a_second_agency(town: Agency, claimant: Agency, client: Any) -> None:
    organization_id = listed(town)["organization_id"]
    rival = Agency(client, town.issuer)
    made = [claim(each, organization_id) for each in (claimant, rival)]
    answers: list[int] = []

    def approve(claim_id: str) -> None:
        answers.append(town.person().post(f"/claims/{claim_id}/approve", If_Match='"1"').status_code)

    deciders = [threading.Thread(target=approve, args=(each["id"],)) for each in made]
    for decider in deciders:
        decider.start()
    for decider in deciders:
        decider.join()
    # Who came later finds the claim decided already, or an agency behind the organization.
    assert sorted(answers) in ([200, 409], [200, 412])
    statuses = {entry["id"]: (entry["status"], entry.get("reason")) for entry in town.get("/claims").json()["items"]}
    assert sorted(statuses.values()) == [("approved", None), ("rejected", "already_claimed")]


def test_what_nobody_keeps_is_decided_at_the_command_line(
    town: Agency, claimant: Agency, directory: Directory, capsys: pytest.CaptureFixture[str]
) -> None:
    listing = listed(town)
    with directory.engine.begin() as connection:
        left = text("UPDATE organization SET maintaining_agency_id = NULL WHERE id = :id")
        connection.execute(left, {"id": listing["organization_id"]})
    made = claim(claimant, listing["organization_id"])
    assert town.post(f"/claims/{made['id']}/approve", If_Match='"1"').status_code == 404
    assert claims_command(["list"], directory) == 0
    assert made["id"] in capsys.readouterr().out
    assert claims_command(["approve", made["id"]], directory) == 0
    assert claims_command(["reject", made["id"]], directory) == 1
    assert claimant.get(f"/listings/{listing['id']}").status_code == 200


def test_both_sides_are_told_and_no_evidence_travels(town: Agency, claimant: Agency, directory: Directory) -> None:
    made = claim(claimant, listed(town)["organization_id"])
    town.post(f"/claims/{made['id']}/reject", {"reason": "evidence_missing", "note": "Which register?"}, If_Match='"1"')
    told = events(directory, made["id"])
    assert [(event.type, event.data["status"]) for event in told] == [
        ("claim.submitted.v1", "pending"),
        ("claim.decided.v1", "rejected"),
    ]
    assert {event.data["maintaining_agency_id"] for event in told} == {town.id}
    assert "register" not in str([event.data for event in told])
    mine = claimant.get("/claims?status=rejected").json()["items"][0]
    assert (mine["reason"], mine["note"]) == ("evidence_missing", "Which register?")
    claim(claimant, made["organization_id"])

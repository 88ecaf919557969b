"""Two records that are one become one: who may do it, what is taken, and where the old id leads."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chassis.events.registry import default_registry
from chassis.outbox.table import event_of_row
from services.directory.bootstrap import Directory
from services.directory.domain.versions import Change
from tests.support.directory import Agency

TIRANA = {"kind": "physical", "municipality": "AL-tirane"}
ELSEWHERE = "6b3f0f2e-52c5-5b8e-9e0f-0f3d6d6f0a11"


def unheard_of() -> str:
    return f"Qendra {uuid.uuid4().hex[:12]}"


def side(listing: dict[str, Any], version: int | None = None) -> dict[str, str]:
    return {"id": listing["id"], "version": str(version or listing["version"])}


def merged(agency: Agency, keep: dict[str, Any], fold: dict[str, Any], *take: str) -> Any:
    return agency.post("/merges", {"kind": "listing", "keep": side(keep), "fold": side(fold), "take": list(take)})


@pytest.fixture
def pair(agency: Agency) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two published listings of one organization that say nearly the same."""
    name, organization = unheard_of(), agency.organization()
    of_both: dict[str, Any] = {"organization_id": organization, "location": TIRANA}
    return (
        agency.publish(name=name, languages=["sq"], phone="116 111", **of_both),
        agency.publish(name=f"{name} OJF", languages=["sq", "en"], email="agimi@agimi.example.org", **of_both),
    )


def test_a_stranger_learns_of_no_pair_and_merges_nothing(
    agency: Agency, other_agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    assert other_agency.get("/duplicates").json() == {"items": [], "total": 0, "next_cursor": None}
    assert merged(other_agency, *pair).status_code == 404
    assert other_agency.post("/duplicates/dismissals", {"ids": [pair[0]["id"], pair[1]["id"]]}).status_code == 404
    assert pairs_of(agency, pair[0])


def test_nobody_folds_in_what_another_agency_keeps(
    agency: Agency, other_agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], client: Any
) -> None:
    theirs = other_agency.publish(name=pair[0]["name"], location=TIRANA)
    assert merged(agency, pair[0], theirs).status_code == 404
    assert merged(agency, theirs, pair[0]).status_code == 404
    assert client.get(f"/services/{theirs['id']}").status_code == 200


def test_a_pair_of_which_one_is_anothers_is_told_but_not_its_version(agency: Agency, other_agency: Agency) -> None:
    name = unheard_of()
    ours = agency.publish(name=name, location=TIRANA, taxonomy_terms=["counselling"])
    theirs = other_agency.publish(name=name, location=TIRANA, taxonomy_terms=["counselling"])
    (found,) = pairs_of(agency, ours)
    by_id = {record["id"]: record for record in found["records"]}
    assert not found["may_merge"]
    assert by_id[ours["id"]]["version"]
    assert "version" not in by_id[theirs["id"]]


def test_what_an_agency_may_not_know_of_is_in_none_of_its_pairs(agency: Agency, other_agency: Agency) -> None:
    name = unheard_of()
    ours = agency.publish(name=name, location=TIRANA)
    other_agency.draft(name=name, location=TIRANA)
    named = {"tier": "named", "named_agencies": [str(uuid.uuid4())]}
    other_agency.publish(name=name, location=TIRANA, **named)
    assert pairs_of(agency, ours) == []


def test_the_pair_comes_with_score_and_reasons(agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    (found,) = pairs_of(agency, pair[0])
    assert found["score"] >= 0.7
    assert found["may_merge"]
    assert {finding["code"] for finding in found["findings"]} >= {"similar_name", "same_municipality"}
    assert {record["id"] for record in found["records"]} == {pair[0]["id"], pair[1]["id"]}


def test_a_pair_that_was_found_to_be_two_is_not_asked_about_again(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    body = {"ids": [pair[1]["id"], pair[0]["id"]]}
    assert agency.post("/duplicates/dismissals", body).status_code == 204
    assert agency.post("/duplicates/dismissals", body).status_code == 204
    assert pairs_of(agency, pair[0]) == []


def test_a_record_that_changed_since_it_was_read_is_not_merged(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], client: Any
) -> None:
    keep, fold = pair
    body = {"kind": "listing", "keep": side(keep), "fold": side(fold)}
    for record in ("keep", "fold"):
        answer = agency.post("/merges", {**body, record: {**body[record], "version": "1"}})  # type: ignore[dict-item]
        assert answer.status_code == 412
        assert answer.json()["record"] == record
    assert client.get(f"/services/{fold['id']}").status_code == 200


def test_what_is_taken_is_stated_and_nothing_else_changes(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], client: Any
) -> None:
    keep, fold = pair
    answer = merged(agency, keep, fold, "email", "languages")
    assert answer.status_code == 201, answer.text
    assert answer.json()["fields"] == {"email": "folded", "languages": "both"}
    kept = agency.get(f"/listings/{keep['id']}").json()
    assert (kept["name"], kept["phone"]) == (keep["name"], "116 111")
    assert (kept["email"], kept["languages"]) == ("agimi@agimi.example.org", ["sq", "en"])
    assert pairs_of(agency, keep) == []
    assert client.get("/services", params={"search": keep["name"]}).json()["total_items"] == 1


def test_what_the_folded_one_does_not_say_takes_nothing_from_the_kept_one(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    keep, fold = pair
    answer = merged(agency, keep, fold, "email", "phone", "alert")
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["fields"]) == ("nothing_to_take", ["take"])
    assert "phone" in answer.json()["detail"]
    assert agency.get(f"/listings/{keep['id']}").json()["phone"] == "116 111"


def test_without_taking_anything_the_kept_listing_stays_as_it_was(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    keep, fold = pair
    assert merged(agency, keep, fold).status_code == 201
    assert agency.get(f"/listings/{keep['id']}").json() == agency.get(f"/listings/{keep['id']}").json()
    assert agency.get(f"/listings/{keep['id']}").json()["version"] == keep["version"]


def test_the_old_id_leads_to_the_new_one_everywhere(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], client: Any
) -> None:
    keep, fold = pair
    old_place = client.get(f"/services/{fold['id']}").json()["service_at_locations"][0]["id"]
    new_place = client.get(f"/services/{keep['id']}").json()["service_at_locations"][0]["id"]
    assert merged(agency, keep, fold).status_code == 201
    for old, new in (
        (f"/services/{fold['id']}", f"/services/{keep['id']}"),
        (f"/service_at_locations/{old_place}", f"/service_at_locations/{new_place}"),
    ):
        answer = client.get(old, follow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (301, new)
        assert client.get(old, follow_redirects=True).status_code == 200
    answer = agency.client.request("GET", f"/listings/{fold['id']}", headers=bearer(agency), follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/listings/{keep['id']}")
    assert fold["id"] not in [item["id"] for item in agency.get("/listings").json()["items"]]


def test_a_chain_of_merges_is_one_step_long(agency: Agency, client: Any) -> None:
    name, organization = unheard_of(), agency.organization()
    first, second, third = (agency.publish(name=name, organization_id=organization, location=TIRANA) for _ in range(3))
    assert merged(agency, second, first).status_code == 201
    assert merged(agency, third, second).status_code == 201
    answer = client.get(f"/services/{first['id']}", follow_redirects=False)
    assert answer.headers["Location"] == f"/services/{third['id']}"


def test_where_the_kept_one_is_not_public_the_old_id_does_not_tell_of_it(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], client: Any
) -> None:
    keep, fold = pair
    assert merged(agency, keep, fold).status_code == 201
    assert agency.post(f"/listings/{keep['id']}/withdraw").status_code == 200
    answer = client.get(f"/services/{fold['id']}", follow_redirects=False)
    assert answer.status_code == 404
    assert keep["id"] not in answer.text + str(answer.headers)


def test_a_folded_listing_comes_back_by_no_other_way(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    keep, fold = pair
    assert merged(agency, keep, fold).status_code == 201
    answer = agency.post(f"/listings/{fold['id']}/publish")
    assert answer.status_code == 409
    assert answer.json()["merged_into"] == keep["id"]
    assert merged(agency, fold, keep).status_code == 409


@pytest.mark.parametrize("case", ["itself", "unpublished keeper", "withdrawn", "unknown field"])
def test_merges_that_make_no_sense_are_refused_and_change_nothing(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], client: Any, case: str
) -> None:
    keep, fold = pair
    draft = agency.draft(name=keep["name"], organization_id=keep["organization_id"])
    answers: dict[str, Callable[[], Any]] = {
        "itself": lambda: merged(agency, keep, keep),
        "unpublished keeper": lambda: merged(agency, draft, fold),
        "withdrawn": lambda: merged(agency, keep, agency.post(f"/listings/{fold['id']}/withdraw").json()),
        "unknown field": lambda: merged(agency, keep, fold, "website"),
    }
    expected = {"itself": 422, "unpublished keeper": 409, "withdrawn": 409, "unknown field": 422}
    assert answers[case]().status_code == expected[case]
    assert client.get(f"/services/{keep['id']}").status_code == 200


def test_the_network_learns_which_service_replaces_the_folded_one(
    agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]], directory: Directory
) -> None:
    keep, fold = pair
    assert merged(agency, keep, fold).status_code == 201
    with directory.engine.connect() as connection:
        row = connection.exec_driver_sql(
            f"SELECT * FROM outbox WHERE subject = '{fold['id']}' AND type = 'service.withdrawn.v1'"
        ).one()
    event = event_of_row(row)
    default_registry().validate(event)
    assert event.data["replaced_by"] == keep["id"]


def test_a_second_person_is_not_gone_round_by_a_merge(agency: Agency, directory: Directory) -> None:
    name, organization = unheard_of(), agency.organization()
    keep, fold = (agency.publish(name=name, organization_id=organization, location=TIRANA) for _ in range(2))
    with directory.unit_of_work() as uow:
        kept = uow.organizations.get(organization)
        assert kept is not None
        uow.organizations.save(replace(kept, maintaining_agency_id=str(uuid.uuid4())), Change(action="edit"))
        uow.commit()
    assert merged(agency, keep, fold, "description").status_code == 409
    assert merged(agency, keep, fold).status_code == 201


def test_an_address_that_is_confidential_goes_nowhere_by_itself(
    agency: Agency, client: Any, directory: Directory
) -> None:
    name, organization = unheard_of(), agency.organization()
    hidden = {"kind": "confidential", "municipality": "AL-fier", "address_1": "Rruga MARKER 7"}
    keep = agency.publish(name=name, organization_id=organization, location=TIRANA)
    fold = agency.publish(name=name, organization_id=organization, location=hidden)
    assert merged(agency, keep, fold, "phone", "description").status_code == 201
    assert "MARKER" not in client.get(f"/services/{keep['id']}").text
    with directory.engine.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT json_agg(o)::text || (SELECT json_agg(m)::text FROM merge m) FROM outbox o"
        )
        assert "MARKER" not in told.scalar_one()


def test_organizations_become_one_with_all_their_services(agency: Agency, client: Any) -> None:
    name = unheard_of()
    keep, fold = agency.organization(name=name), agency.organization(name=f"{name} shpk", email="a@agimi.example.org")
    moved = agency.publish(name="Këshillim", organization_id=fold)
    (found,) = [pair for pair in pairs(agency, "organization") if keep in json.dumps(pair)]
    versions = {record["id"]: record["version"] for record in found["records"]}
    body = {
        "kind": "organization",
        "keep": {"id": keep, "version": versions[keep]},
        "fold": {"id": fold, "version": versions[fold]},
        "take": ["email"],
    }
    assert agency.post("/merges", {**body, "keep": {"id": keep, "version": "x"}}).status_code == 412
    answer = agency.post("/merges", body)
    assert answer.status_code == 201, answer.text
    assert client.get(f"/services/{moved['id']}").json()["organization"]["id"] == keep
    assert client.get(f"/organizations/{keep}").json()["email"] == "a@agimi.example.org"
    gone = client.get(f"/organizations/{fold}?full_service=true", follow_redirects=False)
    assert (gone.status_code, gone.headers["Location"]) == (301, f"/organizations/{keep}?full_service=true")
    own = [each["id"] for each in agency.get("/own-organizations").json()["items"]]
    assert keep in own
    assert fold not in own
    assert agency.post("/listings", {**new_listing(), "organization_id": fold}).status_code == 409


def test_referrals_go_on_arriving_where_they_did(agency: Agency, directory: Directory) -> None:
    name = unheard_of()
    keep = agency.organization(name=name, linked=False)
    fold = agency.organization(name=name)
    versions = {r["id"]: r["version"] for p in pairs(agency, "organization") for r in p["records"]}
    body = {"kind": "organization", "keep": {"id": keep, "version": versions[keep]}}
    answer = agency.post("/merges", {**body, "fold": {"id": fold, "version": versions[fold]}})
    assert answer.status_code == 409


def test_a_service_is_not_taken_from_the_agency_that_answers_for_it(agency: Agency, client: Any) -> None:
    name = unheard_of()
    theirs = agency.publish(name=name, location=TIRANA)
    of_nobody = agency.organization(name=unheard_of(), linked=False)
    ours = agency.publish(name=name, organization_id=of_nobody, location=TIRANA)
    assert merged(agency, ours, theirs).status_code == 409
    assert client.get(f"/services/{theirs['id']}", follow_redirects=False).status_code == 200
    assert merged(agency, theirs, ours).status_code == 201


def test_who_asked_for_a_second_person_does_not_lose_it_by_a_merge(agency: Agency, client: Any) -> None:
    name = unheard_of()
    looked_at, free = agency.organization(name=name), agency.organization(name=f"{name} shpk")
    (theirs, ours) = (agency.publish(name=name, organization_id=each, location=TIRANA) for each in (looked_at, free))
    assert agency.set_review(looked_at, "required").status_code == 200
    assert organizations_merged(agency, free, looked_at).status_code == 409
    assert merged(agency, ours, theirs).status_code == 409
    assert client.get(f"/services/{theirs['id']}", follow_redirects=False).status_code == 200


def test_what_nobody_looked_at_is_not_brought_under_a_name_where_a_second_person_looks(
    agency: Agency, client: Any
) -> None:
    name = unheard_of()
    looked_at, free = agency.organization(name=name), agency.organization(name=f"{name} shpk")
    assert agency.set_review(looked_at, "required").status_code == 200
    unseen = agency.publish(name=name, organization_id=free, location=TIRANA)
    answer = organizations_merged(agency, looked_at, free)
    assert (answer.status_code, answer.json()["allowed_actions"]) == (409, ["withdraw"])
    assert client.get(f"/services/{unseen['id']}").json()["organization"]["id"] == free
    agency.post(f"/listings/{unseen['id']}/withdraw", If_Match=f'"{unseen["version"]}"')
    assert organizations_merged(agency, looked_at, free).status_code == 201


def organizations_merged(agency: Agency, keep: str, fold: str) -> Any:
    versions = {r["id"]: r["version"] for pair in pairs(agency, "organization") for r in pair["records"]}
    body = {"kind": "organization", "keep": {"id": keep, "version": versions[keep]}}
    return agency.post("/merges", {**body, "fold": {"id": fold, "version": versions[fold]}})


def test_an_unheard_of_id_is_not_found(client: Any) -> None:
    assert client.get(f"/services/{ELSEWHERE}", follow_redirects=False).status_code == 404


def pairs(agency: Agency, kind: str = "listing") -> list[dict[str, Any]]:
    answer = agency.get(f"/duplicates?kind={kind}&limit=100")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def pairs_of(agency: Agency, listing: dict[str, Any]) -> list[dict[str, Any]]:
    return [pair for pair in pairs(agency) if listing["id"] in [record["id"] for record in pair["records"]]]


def new_listing() -> dict[str, Any]:
    return {
        "name": "Këshillim", "description": "Biseda.", "taxonomy_terms": ["counselling"], "languages": ["sq"],
        "serves": ["AL"], "location": {"kind": "virtual"},
    }  # fmt: skip


def bearer(agency: Agency) -> dict[str, str]:
    return dict(agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes))


def test_what_was_said_of_a_folded_listing_can_still_be_read_by_its_keepers_alone(
    agency: Agency, other_agency: Agency, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    assert merged(agency, *pair).status_code == 201
    path = f"/listings/{pair[1]['id']}"
    history = agency.get(f"{path}/versions")
    assert history.status_code == 200, history.text
    assert history.json()["items"][0]["action"] == "fold"
    assert agency.get(f"{path}/versions/1").json()["content"]["name"] == pair[1]["name"]
    assert agency.get(f"{path}/diff?from=1&to=2").status_code == 200
    for rest in ("/versions", "/versions/1", "/diff"):
        assert other_agency.get(path + rest).status_code == 404
    # It is read, and worked on no more.
    assert agency.post(f"{path}/publish").status_code == 409

"""A service named to few: for everybody else there is no such service, wherever they look."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency

WORD = "Zvezdokljun"


@pytest.fixture
def partner(client: Any, issuer: Any) -> Agency:
    return Agency(client, issuer, scopes="referrals:read")


@pytest.fixture
def stranger(client: Any, issuer: Any) -> Agency:
    return Agency(client, issuer, scopes="referrals:read")


@pytest.fixture
def named(agency: Agency, partner: Agency) -> dict[str, Any]:
    """Publish a service that one partner may know of, with a name that no other text holds."""
    return agency.publish(
        name=f"Kuća {WORD}", tier="named", named_agencies=[partner.id], taxonomy_terms=["family-tracing"]
    )


def matched(reader: Agency) -> str:
    return reader.post("/matches", {"needs": ["family-tracing"], "limit": 50}).text


def test_the_tier_and_the_names_go_together(agency: Agency, partner: Agency) -> None:
    listing = agency.draft()
    for unfit in (
        {"tier": "named"},
        {"named_agencies": [partner.id]},
        {"tier": "network", "named_agencies": [partner.id]},
    ):
        body = {
            name: listing[name] for name in ("name", "description", "taxonomy_terms", "languages", "serves", "location")
        }
        answer = agency.put(f"/listings/{listing['id']}", {**body, **unfit}, If_Match='"1"')
        assert answer.status_code == 422


def test_a_stranger_is_not_matched_with_it(named: dict[str, Any], stranger: Agency, partner: Agency) -> None:
    assert named["id"] not in matched(stranger)
    assert named["id"] in matched(partner)


def test_its_keepers_see_it(named: dict[str, Any], agency: Agency, client: Any, issuer: Any) -> None:
    assert named["id"] in matched(Agency(client, issuer, id=agency.id, scopes="referrals:read"))


def test_the_network_read_shows_it_to_whom_it_is_named(
    named: dict[str, Any], stranger: Agency, partner: Agency
) -> None:
    assert stranger.get(f"/network/services/{named['id']}").status_code == 404
    hidden = stranger.get(f"/network/services?search={WORD}").json()
    assert (hidden["total_items"], hidden["contents"]) == (0, [])
    shown = partner.get(f"/network/services/{named['id']}")
    assert shown.json()["name"] == named["name"]
    assert shown.headers["Cache-Control"] == "no-store"
    listed = partner.get(f"/network/services?search={WORD}&full=true")
    assert [service["id"] for service in listed.json()["contents"]] == [named["id"]]
    assert listed.headers["Cache-Control"] == "no-store"


def test_public_services_are_not_repeated_in_the_network_read(agency: Agency, partner: Agency) -> None:
    listing = agency.publish()
    assert partner.get(f"/network/services/{listing['id']}").status_code == 404
    answer = partner.get(f"/network/services?organization_id={listing['organization_id']}")
    assert answer.json()["total_items"] == 0


def test_a_confidential_address_is_in_no_network_read(agency: Agency, partner: Agency) -> None:
    place = {"kind": "confidential", "municipality": "AL-tirane", "address_1": "Rruga Sekrete 7"}
    listing = agency.publish(location=place, tier="network")
    for path in (
        f"/network/services/{listing['id']}",
        f"/network/services?full=true&search=&organization_id={listing['organization_id']}",
    ):
        answer = partner.get(path)
        assert listing["id"] in answer.text
        assert "Sekrete" not in answer.text


def test_nothing_public_knows_of_it(named: dict[str, Any], client: Any, found: Callable[..., list[str]]) -> None:
    assert found(search=WORD) == []
    assert found(organization_id=named["organization_id"]) == []
    for path in ("services", "organizations", "service_at_locations", "municipalities", "taxonomy_terms"):
        answer = client.get(f"/{path}", params={"search": WORD, "per_page": 100} if path != "municipalities" else {})
        assert WORD not in answer.text
    assert client.get(f"/services/{named['id']}").status_code == 404
    assert client.get(f"/organizations/{named['organization_id']}").status_code == 404
    total = client.get("/services", params={"organization_id": named["organization_id"]}).json()["total_items"]
    assert total == 0


def test_no_correction_of_a_typing_error_gives_its_name_away(named: dict[str, Any], directory: Directory) -> None:
    with directory.engine.connect() as connection:
        words = connection.execute(text("SELECT word FROM search_word")).scalars().all()
    assert WORD.lower() not in words
    assert "zvezdokljun" not in words


def test_a_service_that_becomes_named_leaves_the_public(agency: Agency, partner: Agency, client: Any) -> None:
    listing = agency.publish()
    assert client.get(f"/services/{listing['id']}").status_code == 200
    body = {
        name: listing[name] for name in ("name", "description", "taxonomy_terms", "languages", "serves", "location")
    }
    answer = agency.put(
        f"/listings/{listing['id']}",
        {**body, "tier": "named", "named_agencies": [partner.id]},
        If_Match=f'"{listing["version"]}"',
    )
    assert answer.status_code == 200, answer.text
    assert client.get(f"/services/{listing['id']}").status_code == 404


def test_the_event_says_who_may_refer_to_it(
    named: dict[str, Any], agency: Agency, directory: Directory, partner: Agency
) -> None:
    statement = text("SELECT data FROM outbox WHERE type = 'service.published.v1' AND subject = :id")
    with directory.engine.connect() as connection:
        (row,) = connection.execute(statement, {"id": named["id"]})
    assert set(row.data["referring_agencies"]) == {agency.id, partner.id}
    assert row.data["tier"] == "named"
    assert "Rruga" not in json.dumps(row.data)


def test_a_service_of_another_tier_may_be_referred_to_by_all(agency: Agency, directory: Directory) -> None:
    listing = agency.publish(tier="network")
    statement = text("SELECT data FROM outbox WHERE type = 'service.published.v1' AND subject = :id")
    with directory.engine.connect() as connection:
        (row,) = connection.execute(statement, {"id": listing["id"]})
    assert row.data["referring_agencies"] is None

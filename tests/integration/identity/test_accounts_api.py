"""Agencies and accounts over the API: who may read whom."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from services.identity.domain.access import Role
from tests.integration.identity.issuer import AGENCY, OTHER_AGENCY, Issuer

PATHS = [
    "/agencies",
    f"/agencies/{AGENCY}",
    f"/agencies/{AGENCY}/accounts",
    f"/accounts/{AGENCY}",
    "/userinfo",
    "/events",
]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_nothing_is_told(issuer: Issuer, path: str) -> None:
    response = issuer.browser().get(path)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [f"/agencies/{AGENCY}/accounts", f"/accounts/{AGENCY}", "/events"])
def test_a_scope_not_granted_is_refused(issuer: Issuer, path: str) -> None:
    for token in (issuer.system_token("partner"), issuer.signed_in(issuer.add_account())["access_token"]):
        response = issuer.get(path, token)
        assert response.status_code == 403
        assert response.json()["type"].endswith("/forbidden")


def test_the_scope_alone_does_not_open_another_agency(issuer: Issuer) -> None:
    stranger = issuer.account_id(issuer.add_account(agency_id=OTHER_AGENCY))
    colleague = issuer.account_id(issuer.add_account())
    token = issuer.container.tokens.access_token(
        subject=colleague, client_id="portal", agency_id=AGENCY, roles=["supervisor"], scope="accounts:read"
    )
    for path in (f"/accounts/{stranger}", f"/agencies/{OTHER_AGENCY}/accounts"):
        refused, absent = issuer.get(path, token), issuer.get(f"/accounts/{new_id()}", token)
        assert (refused.status_code, refused.json()["type"]) == (absent.status_code, absent.json()["type"])
        assert refused.status_code == 404
    assert issuer.get(f"/accounts/{colleague}", token).status_code == 200


def test_a_service_reads_the_contacts_of_any_agency_without_names(issuer: Issuer) -> None:
    username = issuer.add_account(agency_id=OTHER_AGENCY, roles=(Role.SUPERVISOR,))
    token = issuer.system_token("svc-notify")
    page = issuer.get(f"/agencies/{OTHER_AGENCY}/accounts?limit=500", token).json()
    entry = next(item for item in page["items"] if item["account_id"] == issuer.account_id(username))
    assert entry == {
        "account_id": issuer.account_id(username),
        "agency_id": OTHER_AGENCY,
        "email": f"{username}@example.org",
        "language": "sq",
        "roles": ["supervisor"],
        "active": True,
    }
    assert issuer.get(f"/accounts/{entry['account_id']}", token).json() == entry
    assert issuer.get(f"/agencies/{new_id()}/accounts", token).status_code == 404


def test_pages_join_up(issuer: Issuer) -> None:
    for _ in range(3):
        issuer.add_account(agency_id=OTHER_AGENCY)
    token = issuer.system_token("svc-notify")
    whole = issuer.get(f"/agencies/{OTHER_AGENCY}/accounts", token).json()["items"]
    seen, cursor = [], ""
    while True:
        page = issuer.get(f"/agencies/{OTHER_AGENCY}/accounts?limit=2{cursor}", token).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole
    assert issuer.get("/agencies?cursor=not-a-cursor", token).status_code == 400


def test_any_signed_in_person_reads_agencies_and_themselves(issuer: Issuer) -> None:
    username = issuer.add_account()
    token = issuer.signed_in(username)["access_token"]
    agency = {"id": AGENCY, "name": "Own agency", "country": "AL", "kind": "ngo"}
    assert agency in issuer.get("/agencies", token).json()["items"]
    assert issuer.get(f"/agencies/{AGENCY}", token).json() == agency
    me = issuer.get("/userinfo", token).json()
    assert (me["account_id"], me["username"], me["agency"], me["roles"]) == (
        issuer.account_id(username), username, agency, ["caseworker"],
    )  # fmt: skip
    assert issuer.get("/userinfo", issuer.system_token("partner")).status_code == 404


def test_a_change_and_its_event_are_one(issuer: Issuer) -> None:
    username = issuer.add_account()
    rows = issuer.rows("SELECT type, data FROM outbox WHERE subject = :id", id=issuer.account_id(username))
    assert [row.type for row in rows] == ["account.created.v1"]
    assert set(rows[0].data) == {"account_id", "agency_id", "roles", "language"}


def test_discovery_names_what_is_there(issuer: Issuer) -> None:
    document = issuer.browser().get("/.well-known/openid-configuration").json()
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["jwks_uri"].endswith("/oauth/jwks")
    keys = issuer.browser().get("/oauth/jwks").json()["keys"]
    assert len(keys) == 2
    assert all("d" not in key and key["alg"] == "ES256" for key in keys)

"""The token endpoint: what it refuses, what it gives, and how a stolen token ends a session."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from services.identity.application.keep_accounts import change_account, disable_account
from services.identity.application.keep_clients import disable_client
from services.identity.domain.access import Role
from services.identity.domain.client import INSTALLATION, ClientKind
from services.identity.domain.errors import AccountInvalid
from services.identity.domain.session import IDLE_LIFETIME, REUSE_GRACE, SESSION_LIFETIME
from tests.integration.identity.issuer import AGENCY, CALLBACK, ISSUER, SECRET, Issuer, Pkce


def claims_of(issuer: Issuer, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(issuer.browser().get("/oauth/jwks").json())
    return dict(jwt.decode(token, keys, algorithms=["ES256"]).claims)


@pytest.mark.parametrize(
    ("client_id", "secret"), [("partner", "wrong"), ("partner", ""), ("unknown", SECRET), ("", SECRET)]
)
def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(issuer: Issuer, client_id: str, secret: str) -> None:
    response = issuer.token_request(client_id=client_id, secret=secret, grant_type="client_credentials")
    assert response.status_code == 401
    assert response.json() == {
        "error": "invalid_client",
        "error_description": "The client could not be authenticated.",
    }
    assert response.headers["www-authenticate"].startswith("Basic")


def test_a_disabled_client_gets_no_token(issuer: Issuer) -> None:
    issuer.add_client("leaving", ClientKind.PARTNER, agency_id=AGENCY)
    issuer.system_token("leaving")
    with issuer.container.unit_of_work() as uow:
        assert disable_client(uow, "leaving")
        uow.commit()
    assert issuer.token_request(client_id="leaving", grant_type="client_credentials").status_code == 401


@pytest.mark.parametrize(
    ("client_id", "form", "error"),
    [
        ("partner", {"grant_type": "password"}, "unsupported_grant_type"),
        ("partner", {}, "unsupported_grant_type"),
        ("partner", {"grant_type": "refresh_token", "refresh_token": "x"}, "unauthorized_client"),
        ("portal", {"grant_type": "client_credentials"}, "unauthorized_client"),
        ("partner", {"grant_type": "client_credentials", "scope": "listings:write"}, "invalid_scope"),
        ("partner", {"grant_type": "client_credentials", "scope": "accounts:read"}, "invalid_scope"),
        ("portal", {"grant_type": "authorization_code", "code": "unknown"}, "invalid_grant"),
        ("portal", {"grant_type": "refresh_token", "refresh_token": "unknown"}, "invalid_grant"),
        ("portal", {"grant_type": "refresh_token"}, "invalid_request"),
    ],
)
def test_refusals_speak_the_words_of_rfc_6749(issuer: Issuer, client_id: str, form: dict[str, str], error: str) -> None:
    response = issuer.token_request(client_id=client_id, **form)
    assert response.status_code == 400
    assert response.json()["error"] == error
    assert response.headers["cache-control"] == "no-store"


def test_a_system_gets_what_its_kind_allows_and_no_more(issuer: Issuer) -> None:
    response = issuer.token_request(
        client_id="partner", grant_type="client_credentials", scope="referrals:read accounts:read listings:write"
    )
    assert response.json()["scope"] == "referrals:read"
    assert response.json()["expires_in"] == 600
    assert "refresh_token" not in response.json()
    claims = claims_of(issuer, response.json()["access_token"])
    assert (claims["sub"], claims["client_id"]) == ("partner", "partner")
    assert (claims["iss"], claims["aud"]) == (ISSUER, "lidhja")
    assert (claims["agency_id"], claims["roles"], claims["scope"]) == (AGENCY, ["partner_system"], "referrals:read")
    assert claims["exp"] - claims["iat"] == 600
    service = claims_of(issuer, issuer.system_token("svc-notify"))
    assert (service["agency_id"], service["roles"]) == (INSTALLATION, ["service"])
    assert service["scope"] == "accounts:read events:read"


def test_a_system_keeps_listings_where_the_operator_lets_it(issuer: Issuer) -> None:
    granted = frozenset({"listings:write", "referrals:read"})
    issuer.add_client("keeping", ClientKind.PARTNER, agency_id=AGENCY, scopes=granted)
    claims = claims_of(issuer, issuer.system_token("keeping", scope="listings:write packets:read"))
    assert (claims["scope"], claims["roles"]) == ("listings:write", ["partner_system"])
    assert claims_of(issuer, issuer.system_token("keeping"))["scope"] == "listings:write referrals:read"
    # A new secret takes nothing away; what was granted is changed by naming it anew.
    issuer.add_client("keeping", ClientKind.PARTNER, agency_id=AGENCY)
    assert claims_of(issuer, issuer.system_token("keeping"))["scope"] == "listings:write referrals:read"
    issuer.add_client("keeping", ClientKind.PARTNER, agency_id=AGENCY, scopes=frozenset({"referrals:read"}))
    refused = issuer.token_request(client_id="keeping", grant_type="client_credentials", scope="listings:write")
    assert refused.json()["error"] == "invalid_scope"


@pytest.mark.parametrize("scope", ["accounts:read", "events:read", "openid", "notifications:write"])
def test_no_partner_is_granted_what_is_not_for_partners(issuer: Issuer, scope: str) -> None:
    with pytest.raises(AccountInvalid):
        issuer.add_client("greedy", ClientKind.PARTNER, agency_id=AGENCY, scopes=frozenset({scope}))


def test_a_secret_may_come_in_the_body(issuer: Issuer) -> None:
    form = {"grant_type": "client_credentials", "client_id": "partner", "client_secret": SECRET}
    assert issuer.browser().post("/oauth/token", data=form).status_code == 200
    assert issuer.browser().post("/oauth/token", data=form | {"client_secret": "no"}).status_code == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"client_id": "portal-two"}, "invalid_grant"),
    ],
)
def test_a_code_presented_wrongly_is_burnt(issuer: Issuer, changes: dict[str, str], error: str) -> None:
    issuer.add_client("portal-two", ClientKind.PORTAL, redirect_uris=(CALLBACK,))
    pkce = Pkce.fresh()
    code = issuer.code_for(issuer.add_account(), pkce)
    assert issuer.exchange(code, pkce, **changes).json()["error"] == error
    assert issuer.exchange(code, pkce).json()["error"] == "invalid_grant"


def test_a_code_used_twice_ends_what_the_first_use_gave(issuer: Issuer) -> None:
    pkce = Pkce.fresh()
    code = issuer.code_for(issuer.add_account(), pkce)
    first = issuer.exchange(code, pkce).json()
    assert issuer.exchange(code, pkce).json()["error"] == "invalid_grant"
    assert issuer.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_person_gets_what_the_roles_allow_and_no_more(issuer: Issuer) -> None:
    username = issuer.add_account(roles=(Role.MUNICIPALITY_OFFICER,))
    tokens = issuer.signed_in(username)
    assert tokens["scope"] == "listings:write openid profile"
    claims = claims_of(issuer, tokens["access_token"])
    assert claims["sub"] == issuer.account_id(username)
    assert claims["client_id"] == "portal"
    assert claims["roles"] == ["municipality_officer"]
    assert claims["agency_id"] == AGENCY
    assert claims["scope"] == tokens["scope"]
    assert not {"email", "username", "display_name", "name"} & set(claims)


def test_an_id_token_names_the_client_and_opens_no_api(issuer: Issuer) -> None:
    issuer.at_present()
    tokens = issuer.signed_in(issuer.add_account(), nonce="the-nonce")
    claims = claims_of(issuer, tokens["id_token"])
    assert (claims["aud"], claims["nonce"]) == ("portal", "the-nonce")
    assert issuer.get("/agencies", tokens["id_token"]).status_code == 401
    assert issuer.get("/agencies", tokens["access_token"]).status_code == 200
    assert "id_token" not in issuer.signed_in(issuer.add_account(), scope="referrals:read")


def test_a_refresh_token_that_comes_back_later_ends_the_session(issuer: Issuer) -> None:
    first = issuer.signed_in(issuer.add_account())["refresh_token"]
    second = issuer.refresh(first).json()["refresh_token"]
    assert second != first
    issuer.clock.advance(REUSE_GRACE + timedelta(seconds=1))
    assert issuer.refresh(first).json()["error"] == "invalid_grant"
    assert issuer.refresh(second).json()["error"] == "invalid_grant"
    assert issuer.rows("SELECT 1 FROM audit_record WHERE action = 'end_session' AND decision = 'refused'")


def test_two_pages_that_refresh_at_once_both_go_on(issuer: Issuer) -> None:
    first = issuer.signed_in(issuer.add_account())["refresh_token"]
    second, third = issuer.refresh(first), issuer.refresh(first)
    assert second.status_code == third.status_code == 200
    issuer.clock.advance(REUSE_GRACE + timedelta(seconds=1))
    assert issuer.refresh(second.json()["refresh_token"]).status_code == 200


def test_a_refresh_token_of_another_client_is_refused(issuer: Issuer) -> None:
    issuer.add_client("portal-three", ClientKind.PORTAL, redirect_uris=(CALLBACK,))
    token = issuer.signed_in(issuer.add_account())["refresh_token"]
    stolen = issuer.token_request(client_id="portal-three", grant_type="refresh_token", refresh_token=token)
    assert stolen.json()["error"] == "invalid_grant"


def test_a_refresh_never_widens_the_scope(issuer: Issuer) -> None:
    token = issuer.signed_in(issuer.add_account(), scope="openid referrals:read")["refresh_token"]
    assert issuer.refresh(token, scope="referrals:read packets:read").json()["error"] == "invalid_scope"
    assert issuer.refresh(token, scope="referrals:read").json()["scope"] == "referrals:read"


def test_roles_taken_away_are_gone_with_the_next_refresh(issuer: Issuer) -> None:
    username = issuer.add_account(roles=(Role.CASEWORKER, Role.MUNICIPALITY_OFFICER))
    tokens = issuer.signed_in(username)
    assert "packets:read" in tokens["scope"]
    with issuer.container.unit_of_work() as uow:
        change_account(uow, username, roles=frozenset({Role.MUNICIPALITY_OFFICER}))
        uow.commit()
    after = issuer.refresh(tokens["refresh_token"]).json()
    assert after["scope"] == "listings:write openid profile"
    assert claims_of(issuer, after["access_token"])["roles"] == ["municipality_officer"]


def test_a_closed_account_gets_nothing_more(issuer: Issuer) -> None:
    username, pkce = issuer.add_account(), Pkce.fresh()
    code, token = issuer.code_for(username, pkce), issuer.signed_in(username)["refresh_token"]
    with issuer.container.unit_of_work() as uow:
        disable_account(uow, username, clock=issuer.clock)
        uow.commit()
    assert issuer.exchange(code, pkce).json()["error"] == "invalid_grant"
    assert issuer.refresh(token).json()["error"] == "invalid_grant"


def test_an_idle_session_ends_and_a_busy_one_ends_too_in_time(issuer: Issuer) -> None:
    idle = issuer.signed_in(issuer.add_account())["refresh_token"]
    issuer.clock.advance(IDLE_LIFETIME)
    assert issuer.refresh(idle).json()["error"] == "invalid_grant"
    busy = issuer.signed_in(issuer.add_account())["refresh_token"]
    step = IDLE_LIFETIME - timedelta(minutes=1)
    for _ in range(int(SESSION_LIFETIME / step)):
        issuer.clock.advance(step)
        busy = issuer.refresh(busy).json()["refresh_token"]
    issuer.clock.advance(step)
    assert issuer.refresh(busy).json()["error"] == "invalid_grant"


def test_signing_out_ends_the_session_and_tells_strangers_nothing(issuer: Issuer) -> None:
    token = issuer.signed_in(issuer.add_account())["refresh_token"]
    browser = issuer.browser()
    assert browser.post("/oauth/revoke", data={"token": token}).status_code == 401
    stranger = browser.post("/oauth/revoke", data={"token": token}, auth=("partner", SECRET))
    unknown = browser.post("/oauth/revoke", data={"token": "unknown"}, auth=("portal", SECRET))
    assert (stranger.status_code, stranger.text) == (unknown.status_code, unknown.text)
    token = issuer.refresh(token).json()["refresh_token"]
    assert browser.post("/oauth/revoke", data={"token": token}, auth=("portal", SECRET)).status_code == 200
    assert issuer.refresh(token).json()["error"] == "invalid_grant"


def test_no_secret_code_token_or_password_is_stored(issuer: Issuer) -> None:
    username, pkce = issuer.add_account(), Pkce.fresh()
    code = issuer.code_for(username, pkce)
    tokens = issuer.exchange(code, pkce).json()
    stored = "\n".join(
        str(tuple(row))
        for table in ("account", "client", "session", "authorization_code", "refresh_token", "signing_key", "outbox")
        for row in issuer.rows(f"SELECT {table}::text FROM {table}")
    )
    key = issuer.container.keys.current().as_dict(private=True)["d"]
    for secret in (SECRET, code, tokens["refresh_token"], tokens["access_token"], "a long enough password", key):
        assert secret not in stored


def _segments(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload))  # type: ignore[return-value]


def test_forged_tokens_are_refused(issuer: Issuer) -> None:
    issuer.at_present()
    good = issuer.system_token("svc-notify")
    header, claims = _segments(good)
    own = ECKey.generate_key("P-256")
    public = issuer.browser().get("/oauth/jwks").json()["keys"][0]

    def b64(document: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")

    # The public key, taken for a shared secret.
    confused = OctKey.import_key(base64.urlsafe_b64decode(public["x"] + "=="))
    current = issuer.container.keys.current()
    forged = {
        "alg none": f"{b64(header | {'alg': 'none'})}.{b64(claims)}.",
        "no signature": good.rsplit(".", 1)[0] + ".",
        "other key under a known kid": jwt.encode(header, claims, own, algorithms=["ES256"]),
        "key brought along": jwt.encode(
            header | {"jwk": own.as_dict(private=False)}, claims, own, algorithms=["ES256"]
        ),
        "kid as a path": jwt.encode(header | {"kid": "../../dev/null"}, claims, own, algorithms=["ES256"]),
        "kid as a query": jwt.encode(header | {"kid": "' OR 1=1 --"}, claims, own, algorithms=["ES256"]),
        "HS256 with the public key": jwt.encode(header | {"alg": "HS256"}, claims, confused, algorithms=["HS256"]),
        "no access token": jwt.encode(header | {"typ": "JWT"}, claims, current, algorithms=["ES256"]),
        "another issuer": jwt.encode(header, claims | {"iss": "https://evil.example"}, current, algorithms=["ES256"]),
        "another audience": jwt.encode(header, claims | {"aud": "portal"}, current, algorithms=["ES256"]),
        "expired": jwt.encode(header, claims | {"exp": claims["iat"] - 3600}, current, algorithms=["ES256"]),
        "for ever": jwt.encode(header, {k: v for k, v in claims.items() if k != "exp"}, current, algorithms=["ES256"]),
    }
    for name, token in forged.items():
        assert issuer.get("/agencies", token).status_code == 401, name
    assert issuer.get("/agencies", jwt.encode(header, claims, current, algorithms=["ES256"])).status_code == 200


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/authorize"])
def test_a_form_of_no_type_is_no_failure_of_ours(issuer: Issuer, path: str) -> None:
    response = issuer.browser().post(path, content=b"grant_type=client_credentials&client_id=partner")
    assert response.status_code in (400, 401), response.text

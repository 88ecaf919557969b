"""The API: nobody sees what is another's, and a secret is shown once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from services.notify.domain.retry import Channel
from services.notify.entrypoints.asgi import create_app
from tests.integration.notify.conftest import RECEIVER, SENDER, Network, account
from tests.support.tokens import TokenIssuer
from tests.support.webhook_receiver import webhook_receiver

ALL = "notifications:read notifications:write webhooks:write"
URL = "http://127.0.0.1:9/hook"
Ask = Callable[..., Any]


@pytest.fixture
def ask(network: Network) -> Ask:
    issuer = TokenIssuer()
    client = create_app(network.container, verifier=issuer.verifier()).test_client()

    def ask(
        method: str,
        path: str,
        *,
        name: str = "worker.receiver",
        agency: str = RECEIVER,
        scopes: str = ALL,
        client_id: str = "portal",
        headers: dict[str, str] | None = None,
        **arguments: Any,
    ) -> Any:
        bearer = issuer.bearer(agency_id=agency, scopes=scopes, subject=account(name), client_id=client_id)
        return client.request(method, path, headers={**bearer, **(headers or {})}, **arguments)

    return ask


@pytest.fixture
def entry_id(network: Network) -> str:
    network.know_contacts()
    network.deliver_event(network.referral_event(urgency="urgent"))
    return str(network.rows("SELECT id FROM inbox_entry")[0].id)


def register(ask: Ask, **arguments: Any) -> dict[str, Any]:
    answer = ask("POST", "/webhook-endpoints", json={"url": URL}, **arguments)
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "/inbox", "webhooks:write"),
        ("POST", "/inbox/read-all", "notifications:read"),
        ("PUT", "/preferences", "notifications:read"),
        ("GET", "/webhook-endpoints", "notifications:read notifications:write"),
        ("GET", "/events", ALL),
    ],
)
def test_without_the_scope_nothing_is_answered(ask: Ask, method: str, path: str, scopes: str) -> None:
    answer = ask(method, path, scopes=scopes, json={} if method == "PUT" else None)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_an_entry_of_another_person_is_not_found(ask: Ask, entry_id: str) -> None:
    assert ask("POST", f"/inbox/{entry_id}/read", name="admin.receiver").status_code == 404
    assert ask("GET", "/inbox", name="admin.receiver").json()["items"] == []
    assert ask("GET", "/inbox").json()["unread_count"] == 1


def test_an_endpoint_of_another_agency_is_not_found(ask: Ask) -> None:
    endpoint_id = register(ask)["id"]
    for method, path in [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/test"),
        ("GET", "/attempts"),
    ]:
        answer = ask(method, f"/webhook-endpoints/{endpoint_id}{path}", agency=SENDER)
        nothing = ask(method, f"/webhook-endpoints/{uuid.uuid4()}{path}", agency=SENDER)
        assert (answer.status_code, nothing.status_code) == (404, 404)
        assert answer.json()["type"] == nothing.json()["type"]
    assert ask("GET", "/webhook-endpoints", agency=SENDER).json() == {"items": []}
    assert ask("GET", f"/webhook-endpoints/{endpoint_id}").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "https://93.184.215.14:22/",
        "ftp://example.org/",
        "https://user@example.org/",
        "not an address",
    ],
)
def test_an_address_that_may_not_be_called_is_refused(ask: Ask, url: str) -> None:
    answer = ask("POST", "/webhook-endpoints", json={"url": url})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/webhook-address-refused")


@pytest.mark.parametrize("body", [{}, {"url": 7}, {"url": URL, "secret": "mine"}, {"url": "x" * 501}])
def test_a_body_that_does_not_fit_is_refused(ask: Ask, body: dict[str, Any]) -> None:
    assert ask("POST", "/webhook-endpoints", json=body).status_code == 400


def test_the_same_address_twice_is_refused(ask: Ask) -> None:
    register(ask)
    answer = ask("POST", "/webhook-endpoints", json={"url": URL})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "webhook-endpoint-exists")
    register(ask, agency=SENDER)


def test_an_agency_has_ten_endpoints_at_most(ask: Ask) -> None:
    for number in range(10):
        assert ask("POST", "/webhook-endpoints", json={"url": f"{URL}/{number}"}).status_code == 201
    assert ask("POST", "/webhook-endpoints", json={"url": URL}).status_code == 409


def test_a_secret_is_shown_once_and_stored_encrypted(ask: Ask, network: Network) -> None:
    created = register(ask)
    assert created["secret"].startswith("whsec_")
    assert "secret" not in ask("GET", f"/webhook-endpoints/{created['id']}").json()
    assert "secret" not in ask("GET", "/webhook-endpoints").json()["items"][0]
    with network.container.unit_of_work() as uow:
        secret = uow.endpoints.get(created["id"]).secret  # type: ignore[union-attr]
    stored = bytes(network.rows("SELECT secret_ciphertext FROM webhook_endpoint")[0][0])
    assert secret not in stored
    assert secret.hex() not in repr(uow)


def test_registering_and_removing_are_in_the_audit_record(ask: Ask, network: Network) -> None:
    before = network.rows("SELECT count(*) FROM audit_record")[0][0]
    endpoint_id = register(ask)["id"]
    assert ask("DELETE", f"/webhook-endpoints/{endpoint_id}").status_code == 204
    actions = network.rows("SELECT action FROM audit_record WHERE number > :before ORDER BY number", before=before)
    assert [row.action for row in actions] == ["webhook_endpoint.register", "webhook_endpoint.remove"]
    assert ask("GET", f"/webhook-endpoints/{endpoint_id}").status_code == 404


def test_a_test_delivery_shows_among_the_attempts(ask: Ask, network: Network) -> None:
    with webhook_receiver() as receiver:
        created = ask("POST", "/webhook-endpoints", json={"url": f"http://127.0.0.1:{receiver.port}/"}).json()
        queued = ask("POST", f"/webhook-endpoints/{created['id']}/test")
        assert queued.status_code == 202
        network.deliverer().deliver_next(Channel.WEBHOOK)
    (attempt,) = ask("GET", f"/webhook-endpoints/{created['id']}/attempts").json()["items"]
    assert (attempt["delivery_id"], attempt["status"], attempt["response_code"], attempt["event_type"]) == (
        queued.json()["delivery_id"],
        "delivered",
        204,
        "webhook.test.v1",
    )
    assert receiver.received[0].headers["webhook-id"] == attempt["delivery_id"]
    assert ask("GET", "/webhook-endpoints").json()["items"][0]["last_status"] == "delivered"


def test_a_removed_endpoint_is_called_no_more(ask: Ask, network: Network) -> None:
    endpoint_id = register(ask)["id"]
    network.deliver_event(network.referral_event())
    assert ask("DELETE", f"/webhook-endpoints/{endpoint_id}").status_code == 204
    assert network.deliverer().deliver_next(Channel.WEBHOOK) is None


def test_an_entry_is_read_once_and_for_all(ask: Ask, entry_id: str, network: Network) -> None:
    entry = ask("GET", "/inbox?unread=true").json()["items"][0]
    assert entry["kind"] == "referral.sent.v1"
    assert entry["text"] == "LR-7K3M-2Q9D iu dërgua agjencisë suaj dhe pret përgjigje."
    first = ask("POST", f"/inbox/{entry_id}/read").json()["read_at"]
    assert ask("POST", f"/inbox/{entry_id}/read").json()["read_at"] == first
    assert ask("GET", "/inbox?unread=true").json() == {"items": [], "next_cursor": None, "unread_count": 0}
    assert len(ask("GET", "/inbox?unread=false").json()["items"]) == 1


def test_pages_of_the_inbox_show_every_entry_once(ask: Ask, network: Network) -> None:
    network.know_contacts()
    for _ in range(7):
        network.deliver_event(network.referral_event())
    seen, cursor = [], ""
    while cursor is not None:
        page = ask("GET", f"/inbox?limit=3{cursor and '&cursor=' + cursor}").json()
        seen += [entry["id"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 7
    assert ask("POST", "/inbox/read-all").json() == {"marked": 7}
    assert ask("POST", "/inbox/read-all").json() == {"marked": 0}


def test_a_cursor_that_is_none_is_refused(ask: Ask) -> None:
    assert ask("GET", "/inbox?cursor=x").status_code == 400


def test_a_system_has_an_empty_inbox_and_no_preferences(ask: Ask) -> None:
    system = {"name": "system", "client_id": account("system")}
    assert ask("GET", "/inbox", **system).json()["items"] == []
    assert ask("GET", "/preferences", **system).status_code == 403


@pytest.mark.parametrize(
    ("asked", "like"),
    [("ro, en;q=0.5", "ro"), ("sr-Latn", "sr-Latn"), ("xx", "sq"), ("xx, bg;q=0.5", "bg"), (None, "sq")],
)
def test_the_inbox_is_told_in_the_language_that_was_asked_for(
    ask: Ask, entry_id: str, asked: str | None, like: str
) -> None:
    """Without one that messages are written in, in the language of the preferences: that of the account at first."""
    preferences = ask("GET", "/preferences")
    told = ask("GET", "/inbox", headers={"Accept-Language": asked} if asked else {}).json()["items"][0]["text"]
    change = {name: preferences.json()[name] for name in ("email",)} | {"language": like}
    changed = ask("PUT", "/preferences", json=change, headers={"If-Match": preferences.headers["ETag"]})
    assert changed.status_code == 200, changed.text
    assert ask("GET", "/inbox").json()["items"][0]["text"] == told


def test_preferences_start_with_everything_in_the_accounts_language(ask: Ask, network: Network) -> None:
    network.know_contacts()
    answer = ask("GET", "/preferences")
    assert answer.json() == {
        "language": "sq",
        "email": {"new_referrals": True, "answers": True, "progress": True, "endings": True},
        "version": 0,
    }
    assert answer.headers["etag"] == '"0"'


def test_a_preference_changed_by_another_window_is_not_overwritten(ask: Ask) -> None:
    change = {"language": "bg", "email": {"new_referrals": False, "answers": True, "progress": True, "endings": True}}
    first = ask("PUT", "/preferences", json=change, headers={"If-Match": '"0"'})
    assert first.json() == {**change, "version": 1}
    assert ask("PUT", "/preferences", json=change, headers={"If-Match": '"0"'}).status_code == 412
    assert ask("PUT", "/preferences", json=change).json()["version"] == 2
    assert ask("GET", "/preferences").json()["language"] == "bg"


def test_the_feed_starts_empty(ask: Ask) -> None:
    assert ask("GET", "/events", scopes="events:read").json() == {"events": [], "next": 0}

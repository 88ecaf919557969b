"""Every error of every API is a problem with a stable type, and says nothing it should not."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from connexion.decorators import FlaskDecorator
from sqlalchemy import MetaData
from starlette.testclient import TestClient

from chassis.clock import SystemClock
from chassis.connexion_app import make_app
from chassis.database import make_engine
from chassis.idempotency_table import idempotency_table
from chassis.settings import ServiceSettings, parse_networks
from tests.support import sample_api
from tests.support.postgres import temporary_database
from tests.support.tokens import ISSUER, TokenIssuer

SPEC = Path(__file__).parents[2] / "support" / "sample_api.yaml"
issuer = TokenIssuer()


def settings(**changes: Any) -> ServiceSettings:
    return ServiceSettings(issuer=ISSUER, database_url="unused", **changes)


def make_client(engine: Any = None, **changes: Any) -> tuple[Any, sample_api.Container]:
    box = sample_api.Container(engine=engine, clock=SystemClock(), created=[])
    app = make_app(
        service="sample",
        spec=str(SPEC),
        settings=settings(**changes),
        container=box,
        problems={sample_api.RuleBroken: (409, "rule-broken", "A rule was broken")},
        verifier=issuer.verifier(),
    )
    return app.test_client(raise_server_exceptions=False), box


@pytest.fixture(scope="module")
def client() -> Any:
    return make_client()[0]


@pytest.fixture
def stored() -> Iterator[tuple[Any, sample_api.Container]]:
    with temporary_database() as url:
        engine = make_engine(url)
        metadata = MetaData()
        idempotency_table(metadata)
        metadata.create_all(engine)
        yield make_client(engine)
        engine.dispose()


def writer(**changes: Any) -> dict[str, str]:
    return issuer.bearer(**{"agency_id": "agency-1", "scopes": "things:write", **changes})


def assert_problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["type"] == f"https://lidhja.example.org/problems/{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["correlation_id"] == answer.headers["x-correlation-id"]
    return body


def test_what_answers_an_operation_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made, decorate = [], FlaskDecorator.decorate
    monkeypatch.setattr(FlaskDecorator, "decorate", lambda self, handler: made.append(1) or decorate(self, handler))
    client, _ = make_client()
    for _ in range(3):
        assert client.get(f"/things/{uuid.uuid4()}").status_code == 200
    assert len(made) == 1


def test_a_request_without_a_token_is_refused(client: Any) -> None:
    answer = client.post("/things", json={"name": "a"})
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        ({"lifetime_seconds": -60}, "token-expired"),
        ({"iss": "https://other.example.org"}, "unauthenticated"),
        ({"aud": "other"}, "unauthenticated"),
        ({"header": {"typ": "JWT"}}, "unauthenticated"),
        ({"header": {"kid": "../../etc/passwd"}}, "unauthenticated"),
    ],
)
def test_a_token_that_does_not_fit_is_refused(client: Any, arguments: dict[str, Any], slug: str) -> None:
    assert_problem(client.post("/things", json={"name": "a"}, headers=writer(**arguments)), 401, slug)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "ж"])
def test_a_token_that_is_none_is_refused(client: Any, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert_problem(client.post("/things", json={"name": "a"}, headers=headers), 401, "unauthenticated")


def test_a_token_signed_with_a_foreign_key_is_refused(client: Any) -> None:
    headers = TokenIssuer().bearer(agency_id="agency-1", scopes="things:write")
    assert_problem(client.post("/things", json={"name": "a"}, headers=headers), 401, "unauthenticated")


def test_a_token_without_the_scope_is_refused(client: Any) -> None:
    answer = client.post("/things", json={"name": "a"}, headers=writer(scopes="things:read"))
    assert assert_problem(answer, 403, "forbidden")["required_scopes"] == ["things:write"]


def test_an_unknown_address_is_not_found(client: Any) -> None:
    assert_problem(client.get("/nowhere"), 404, "not-found")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/things", {"POST"}),
        ("/things/0c3b2f6e-6a0e-4d1c-9a77-3f1c8f1f1a55", {"GET", "HEAD", "PUT"}),
        ("/things/latest", {"POST"}),
    ],
)
@pytest.mark.parametrize("method", ["DELETE", "PATCH", "BREW"])
def test_a_wrong_method_is_refused_and_names_the_right_ones(
    client: Any, path: str, methods: set[str], method: str
) -> None:
    answer = client.request(method, path)
    assert_problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_path_that_is_written_out_is_never_taken_for_a_parameter(client: Any, method: str) -> None:
    assert_problem(client.request(method, "/things/latest"), 405, "method-not-allowed")
    assert client.post("/things/latest").json() == {"id": "latest"}


def test_an_unknown_field_is_refused_by_name(client: Any) -> None:
    answer = client.post("/things", json={"name": "a", "colour": "red"}, headers=writer())
    body = assert_problem(answer, 400, "invalid-request")
    assert "colour" in body["errors"][0]["detail"]


def test_every_broken_rule_is_listed_and_no_value_repeated(client: Any) -> None:
    answer = client.post("/things", json={"name": "x" * 11, "age": "Agron Demo"}, headers=writer())
    body = assert_problem(answer, 400, "invalid-request")
    assert {error["pointer"] for error in body["errors"]} == {"/name", "/age"}
    assert "Agron" not in answer.text
    assert "x" * 11 not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"{", b'{"name": NaN}', b'{"name": 1e400}', b"\xff\xfe", b"[" * 100_000, rb'{"name": "\ud800"}',
        rb'{"name": "\uDE00 a"}', rb'{"\ud83d": "a"}', b'{"name": ' + b'{"a":' * 200 + b"1" + b"}" * 201,
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(client: Any, body: bytes) -> None:
    headers = {**writer(), "Content-Type": "application/json"}
    assert_problem(client.post("/things", content=body, headers=headers), 400, "malformed-request")


def test_a_character_of_two_escaped_halves_is_read(client: Any) -> None:
    headers = {**writer(), "Content-Type": "application/json", "If-Match": "3"}
    answer = client.post("/things", content=rb'{"name": "\ud83d\ude00", "colour": 1}', headers=headers)
    assert "colour" in assert_problem(answer, 400, "invalid-request")["errors"][0]["detail"]


@pytest.mark.parametrize("query", ["size=%ff%fe", "size=1&%c3%28=1", "size=%ed%a0%80", "%f8%88%80%80%80"])
def test_an_address_that_is_no_text_is_refused(client: Any, query: str) -> None:
    path = "/things/0c3b2f6e-6a0e-4d1c-9a77-3f1c8f1f1a55"
    assert_problem(client.get(f"{path}?{query}"), 400, "malformed-request")
    assert client.get(f"{path}?size=5").status_code == 200


def test_a_null_is_not_an_absent_body(client: Any) -> None:
    headers = {**writer(), "Content-Type": "application/json"}
    assert_problem(client.post("/things", content=b"null", headers=headers), 400, "invalid-request")


def test_a_missing_body_is_refused(client: Any) -> None:
    headers = {**writer(), "Content-Type": "application/json"}
    assert_problem(client.post("/things", headers=headers), 400, "invalid-request")


def test_another_media_type_is_refused(client: Any) -> None:
    headers = {**writer(), "Content-Type": "text/plain"}
    assert_problem(client.post("/things", content=b"name", headers=headers), 415, "unsupported-media-type")


def test_a_body_of_no_type_is_refused(client: Any) -> None:
    for content in (b'{"name": "a"}', iter([b'{"name":', b' "a"}'])):
        body = assert_problem(client.post("/things", content=content, headers=writer()), 415, "unsupported-media-type")
        assert body["detail"] == "Send a body of the type application/json."
    assert_problem(client.post("/things", headers=writer()), 400, "invalid-request")


def test_a_body_over_the_limit_is_refused() -> None:
    client, _ = make_client(max_body_bytes=100)
    answer = client.post("/things", json={"name": "a" * 200}, headers=writer())
    assert_problem(answer, 413, "body-too-large")


def test_a_body_over_the_limit_is_refused_when_its_length_is_not_declared() -> None:
    client, _ = make_client(max_body_bytes=100)
    headers = {**writer(), "Content-Type": "application/json"}
    answer = client.post("/things", content=iter([b"{" + b" " * 150, b"}"]), headers=headers)
    assert_problem(answer, 413, "body-too-large")


def test_a_body_in_pieces_of_undeclared_length_counts_as_any_other(stored: tuple[Any, sample_api.Container]) -> None:
    client, box = stored
    headers = {**writer(), "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    answer = client.post("/things", content=iter([b'{"name":', b' "pieces"}']), headers=headers)
    assert (answer.status_code, box.created) == (201, ["pieces"]), answer.text


@pytest.mark.parametrize("query", ["size=9", "size=many", "colour=red"])
def test_a_parameter_that_does_not_fit_is_refused(client: Any, query: str) -> None:
    answer = client.get(f"/things/{uuid.uuid4()}?{query}")
    body = assert_problem(answer, 400, "invalid-request")
    assert "many" not in answer.text
    assert body["errors"]


@pytest.mark.parametrize("path", ["//things/latest", "/things//latest", "//", "///answers/whole"])
def test_an_address_with_slashes_too_many_is_not_found(client: Any, path: str) -> None:
    assert_problem(client.get(f"http://testserver{path}"), 404, "not-found")


def test_a_slash_at_the_end_leads_on_to_the_same_server(client: Any) -> None:
    headers = {"Host": "elsewhere.example"}
    answer = client.get("/answers/%C5%A1%5C/?a=%26b", headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, "/answers/%C5%A1%5C?a=%26b")


def test_what_the_database_undid_may_be_asked_again(client: Any) -> None:
    answer = client.get("/failures/database")
    body = assert_problem(answer, 503, "unavailable")
    assert (body["detail"], answer.headers["Retry-After"]) == ("Repeat it in a moment, with its Idempotency-Key.", "5")
    assert "secret" not in answer.text


def test_an_id_that_is_no_id_is_refused(client: Any) -> None:
    assert_problem(client.get("/things/7"), 400, "invalid-request")


def test_a_change_without_a_version_is_refused(client: Any) -> None:
    assert_problem(client.put(f"/things/{uuid.uuid4()}", headers=writer()), 428, "precondition-required")


def test_a_change_of_an_old_version_is_refused(client: Any) -> None:
    answer = client.put(f"/things/{uuid.uuid4()}", headers={**writer(), "If-Match": '"2"'})
    assert assert_problem(answer, 412, "stale-version")["current_version"] == 3


def test_any_version_is_none_that_was_looked_at(client: Any) -> None:
    answer = client.put(f"/things/{uuid.uuid4()}", headers={**writer(), "If-Match": "*"})
    assert_problem(answer, 428, "precondition-required")


def test_a_weak_tag_is_never_the_present_version(client: Any) -> None:
    answer = client.put(f"/things/{uuid.uuid4()}", headers={**writer(), "If-Match": 'W/"3"'})
    assert_problem(answer, 412, "stale-version")


def test_a_change_of_the_present_version_is_taken(client: Any) -> None:
    answer = client.put(f"/things/{uuid.uuid4()}", headers={**writer(), "If-Match": '"3"'})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"4"'


def test_too_many_requests_are_refused() -> None:
    client, _ = make_client(rate_limit_per_minute=2)
    answers = [client.get(f"/things/{uuid.uuid4()}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert_problem(answers[-1], 429, "too-many-requests")
    assert int(answers[-1].headers["retry-after"]) > 0


def statuses_from(address: str, *forwarded: str, internal: str = "") -> list[int]:
    """Ask three times where two are allowed, each time with one of the addresses that a proxy says it asks for."""
    made, _ = make_client(rate_limit_per_minute=2, internal_networks=parse_networks(internal))
    client = TestClient(made.app, client=(address, 50_000))
    asked = [{"X-Forwarded-For": name} for name in forwarded] or [{}] * 3
    return [client.get(f"/things/{uuid.uuid4()}", headers=headers).status_code for headers in asked]


def test_nobody_escapes_the_limit_by_saying_whom_they_ask_for() -> None:
    assert statuses_from("203.0.113.5", "198.51.100.1", "198.51.100.2", "198.51.100.3") == [200, 200, 429]
    through_proxy = [f"198.51.100.{number}, 203.0.113.5" for number in range(3)]
    assert statuses_from("10.0.0.2", *through_proxy, internal="10.0.0.0/24") == [200, 200, 429]
    assert statuses_from("203.0.113.5", *["10.0.0.9"] * 3, internal="10.0.0.0/24") == [200, 200, 429]
    assert statuses_from("10.0.0.2", *["no address"] * 3, internal="10.0.0.0/24") == [200, 200, 429]


def test_each_of_those_a_proxy_of_our_own_asks_for_has_a_budget() -> None:
    asked_for = ["198.51.100.1", "198.51.100.2", "198.51.100.1, 10.0.0.7"]
    assert statuses_from("10.0.0.2", *asked_for, internal="10.0.0.0/24") == [200, 200, 200]


def test_a_service_of_our_own_asks_for_all_its_visitors() -> None:
    assert statuses_from("10.0.0.2", internal="10.0.0.0/24") == [200, 200, 200]
    assert statuses_from("10.0.0.2", internal="10.0.1.0/24") == [200, 200, 429]


def test_a_broken_rule_of_the_domain_is_told_with_what_is_possible(client: Any) -> None:
    body = assert_problem(client.get("/failures/rule"), 409, "rule-broken")
    assert body["allowed_actions"] == ["wait"]
    assert body["detail"] == "The rule says so."


def test_a_failure_says_nothing_of_its_cause(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.get("/failures/other")
    assert_problem(answer, 500, "internal-error")
    assert "secret" not in answer.text


def test_a_post_without_idempotency_key_is_refused(stored: tuple[Any, sample_api.Container]) -> None:
    client, box = stored
    assert_problem(client.post("/things", json={"name": "a"}, headers=writer()), 400, "idempotency-key-missing")
    assert box.created == []


def test_a_key_used_with_another_body_is_refused(stored: tuple[Any, sample_api.Container]) -> None:
    client, box = stored
    headers = {**writer(subject="s"), "Idempotency-Key": "key-00000001"}
    assert client.post("/things", json={"name": "a"}, headers=headers).status_code == 201
    assert_problem(client.post("/things", json={"name": "b"}, headers=headers), 422, "idempotency-key-reused")
    assert box.created == ["a"]


def test_a_repeated_request_is_done_once_and_answered_alike(stored: tuple[Any, sample_api.Container]) -> None:
    client, box = stored
    headers = {**writer(subject="s"), "Idempotency-Key": "key-00000001"}
    first = client.post("/things", json={"name": "a"}, headers=headers)
    second = client.post("/things", json={"name": "a"}, headers=headers)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert box.created == ["a"]


def test_the_key_of_another_caller_is_another_key(stored: tuple[Any, sample_api.Container]) -> None:
    client, box = stored
    for subject in ("s", "t"):
        headers = {**writer(subject=subject), "Idempotency-Key": "key-00000001"}
        assert client.post("/things", json={"name": subject}, headers=headers).status_code == 201
    assert box.created == ["s", "t"]


def test_the_same_key_at_the_same_time_is_refused(
    stored: tuple[Any, sample_api.Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, box = stored
    entered, leave = Event(), Event()

    class Slow(list[str]):
        def append(self, name: str) -> None:
            entered.set()
            assert leave.wait(10)
            super().append(name)

    monkeypatch.setattr(box, "created", Slow())
    headers = {**writer(subject="s"), "Idempotency-Key": "key-00000001"}
    with ThreadPoolExecutor() as pool:
        first = pool.submit(client.post, "/things", json={"name": "a"}, headers=headers)
        assert entered.wait(10)
        second = client.post("/things", json={"name": "a"}, headers=headers)
        leave.set()
        assert first.result().status_code == 201
    assert_problem(second, 409, "conflict")


def test_health_and_metrics_answer_without_a_token(client: Any) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}
    client.get(f"/things/{uuid.uuid4()}?size=2")
    metrics = client.get("/metrics").text
    assert 'operation="read_thing"' in metrics


@pytest.mark.parametrize(
    ("kind", "body"), [("body", {"a": 1}), ("list", [1]), ("status", {"a": 1}), ("headers", {"a": 1})]
)
def test_what_a_handler_returns_is_sent_as_json(client: Any, kind: str, body: Any) -> None:
    answer = client.get(f"/answers/{kind}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == body


def test_a_handler_that_returns_nothing_answers_without_a_body(client: Any) -> None:
    answer = client.get("/answers/none")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("path", ["/things/a%0Ab", "/things/%00", "/things/%7F"])
def test_an_address_with_a_control_character_is_refused(client: Any, path: str) -> None:
    assert_problem(client.get(path, headers=writer()), 400, "malformed-request")


@pytest.mark.parametrize("query", ["size=1&size=2", "size=2&size=2", "size=1&tag=a&size="])
def test_a_parameter_that_takes_one_value_is_not_given_two(client: Any, query: str) -> None:
    body = assert_problem(client.get(f"/things/{uuid.uuid4()}?{query}"), 400, "invalid-request")
    assert body["errors"] == [
        {"parameter": "size", "in": "query", "detail": "takes one value, and was given several"},
    ]


@pytest.mark.parametrize("query", ["tag=a&tag=b", "tag=a,b", "size=1&tag=a&tag=b"])
def test_a_list_is_given_with_commas_or_value_by_value(client: Any, query: str) -> None:
    assert client.get(f"/things/{uuid.uuid4()}?{query}").json()["tags"] == ["a", "b"]


def test_a_pattern_is_said_in_words(client: Any) -> None:
    body = assert_problem(client.get(f"/things/{uuid.uuid4()}?tag=A"), 400, "invalid-request")
    assert body["detail"] == "The query parameter tag must be small letters alone."


def test_what_type_is_taken_instead_is_said(client: Any) -> None:
    headers = {**writer(), "Content-Type": "text/plain; expected 'image/png'"}
    body = assert_problem(client.post("/things", content=b"name", headers=headers), 415, "unsupported-media-type")
    assert body["detail"] == "Send a body of the type application/json."

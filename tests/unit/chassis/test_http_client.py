"""Calls to other services: bounded, with a token, and without repeating what is not safe."""

from __future__ import annotations

import httpx
import pytest

from chassis.correlation import correlation
from chassis.http_client import ClientCredentials, ServiceClient, ServiceUnavailable


class Server:
    """Answers from a script and remembers what was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(server: Server, token: str | None = None) -> ServiceClient:
    source = (lambda: token) if token else None
    return ServiceClient("https://other.example.org", token_source=source, transport=httpx.MockTransport(server))


def test_a_post_is_sent_once_even_when_nobody_answers() -> None:
    server = Server(httpx.ConnectError("no"))
    with pytest.raises(ServiceUnavailable):
        client(server).post("/x", json={})
    assert len(server.requests) == 1


def test_a_read_is_tried_three_times_and_then_given_up() -> None:
    server = Server(httpx.ConnectError("no"), httpx.Response(503), httpx.Response(500))
    with pytest.raises(ServiceUnavailable):
        client(server).get("/x")
    assert len(server.requests) == 3


def test_a_post_that_changes_nothing_is_tried_like_a_read() -> None:
    server = Server(httpx.ConnectError("no"), httpx.Response(503), httpx.Response(200))
    assert client(server).request("POST", "/x", json={}, changes_nothing=True).status_code == 200
    assert len(server.requests) == 3


def test_a_refusal_is_returned_not_repeated() -> None:
    server = Server(httpx.Response(404))
    assert client(server).get("/x").status_code == 404


def test_token_and_correlation_id_travel_along() -> None:
    server = Server(httpx.Response(200))
    with correlation("corr-00001"):
        client(server, token="t0k").get("/x")
    assert server.requests[0].headers["authorization"] == "Bearer t0k"
    assert server.requests[0].headers["x-correlation-id"] == "corr-00001"


def credentials(server: Server) -> ClientCredentials:
    return ClientCredentials(
        token_url="https://issuer.example.org/oauth/token",
        client_id="svc",
        client_secret="secret",
        transport=httpx.MockTransport(server),
    )


def test_a_token_is_kept_while_it_is_good_and_renewed_before_it_ends() -> None:
    short = httpx.Response(200, json={"access_token": "a", "expires_in": 20})
    long = httpx.Response(200, json={"access_token": "b", "expires_in": 600})
    server = Server(short, long)
    source = credentials(server)
    assert [source(), source(), source()] == ["a", "b", "b"]
    assert len(server.requests) == 2


def test_an_issuer_that_refuses_is_unavailable() -> None:
    with pytest.raises(ServiceUnavailable):
        credentials(Server(httpx.Response(401, json={"error": "invalid_client"})))()

"""The portal's clients follow a merged record to its new address on the same service, and nowhere else."""

from __future__ import annotations

import httpx
import pytest

from chassis.http_client import ServiceUnavailable
from services.portal.clients.api import ApiClient


def client(location: str, asked: list[str]) -> ApiClient:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url} {request.headers.get('Authorization')}")
        if request.url.path == "/listings/old":
            return httpx.Response(301, headers={"Location": location})
        return httpx.Response(200, json={"id": "new"}, headers={"ETag": '"4"'})

    return ApiClient("http://directory.test", token_of_user=lambda: "t", transport=httpx.MockTransport(answer))


def test_a_merged_record_is_read_at_its_new_address_with_its_version() -> None:
    asked: list[str] = []
    answer = client("/listings/new", asked)._get("/listings/old")
    assert (answer.body, answer.etag) == ({"id": "new"}, '"4"')
    assert asked == ["http://directory.test/listings/old Bearer t", "http://directory.test/listings/new Bearer t"]


@pytest.mark.parametrize("location", ["https://elsewhere.example.org/x", "//elsewhere.example.org/x", ""])
def test_a_token_is_carried_to_no_other_service(location: str) -> None:
    asked: list[str] = []
    with pytest.raises(ServiceUnavailable):
        client(location, asked)._get("/listings/old")
    assert len(asked) == 1

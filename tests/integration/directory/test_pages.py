"""Pages of public lists: the envelope, the ends, the cap, and access for any web page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.directory import Agency

ENVELOPE = {
    "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents",
}  # fmt: skip


@pytest.fixture
def three(agency: Agency) -> str:
    organization = agency.organization()
    for number in range(3):
        agency.publish(organization_id=organization, name=f"Shërbimi {number}")
    return organization


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "per_page=0", "unknown=1", "age=-1", "near=1", "near=91,0", "format=xml",
              "modified_after=yesterday", "modified_after=2026-13-01", "organization_id=7", "municipality=tirana"],
)  # fmt: skip
def test_unfit_parameters_are_refused_as_problems(client: Any, query: str) -> None:
    answer = client.get(f"/services?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/services", "/organizations", "/taxonomies", "/taxonomy_terms", "/service_at_locations"]
)
def test_every_list_has_exactly_the_envelope_of_hsds(client: Any, three: str, path: str) -> None:
    answer = client.get(path)
    assert set(answer.json()) == ENVELOPE
    assert answer.headers["access-control-allow-origin"] == "*"


def test_pages_follow_each_other_without_gap_or_repeat(client: Any, three: str) -> None:
    pages = [client.get(f"/services?organization_id={three}&per_page=2&page={page}").json() for page in (1, 2, 3)]
    assert [(p["first_page"], p["last_page"], p["empty"], p["size"]) for p in pages] == [
        (True, False, False, 2),
        (False, True, False, 1),
        (False, True, True, 0),
    ]
    assert {(p["total_items"], p["total_pages"]) for p in pages} == {(3, 2)}
    names = [service["name"] for page in pages for service in page["contents"]]
    assert names == ["Shërbimi 0", "Shërbimi 1", "Shërbimi 2"]


def test_an_empty_result_is_the_first_and_the_last_page(client: Any) -> None:
    page = client.get("/services?search=qqqqwwwwzzzz").json()
    assert page == {
        "total_items": 0, "total_pages": 0, "page_number": 1, "size": 0, "first_page": True, "last_page": True,
        "empty": True, "contents": [],
    }  # fmt: skip


def test_a_page_is_never_larger_than_a_hundred(client: Any, three: str) -> None:
    page = client.get("/services?per_page=5000").json()
    assert page["size"] == min(100, page["total_items"])
    assert page["total_pages"] == -(-page["total_items"] // 100)


def test_minimal_gives_ids_and_times_of_change(client: Any, three: str) -> None:
    page = client.get(f"/services?organization_id={three}&minimal=true&per_page=9999").json()
    assert [set(entry) for entry in page["contents"]] == [{"id", "last_modified", "modified_date"}] * 3


def test_ndjson_gives_all_in_lines(client: Any, three: str) -> None:
    answer = client.get(f"/services?organization_id={three}&format=ndjson&per_page=1")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line)["name"] for line in answer.text.splitlines()] == [f"Shërbimi {n}" for n in range(3)]


def test_what_changed_since_a_moment(client: Any, three: str) -> None:
    last = client.get(f"/services?organization_id={three}").json()["contents"][2]["last_modified"]
    changed = client.get("/services", params={"organization_id": three, "modified_after": last}).json()
    assert changed["total_items"] == 1
    plus = last.replace("Z", "+00:00")
    unescaped = client.get(f"/services?organization_id={three}&modified_after={plus}").json()
    assert unescaped["total_items"] == 1


def test_what_is_not_there_answers_404(client: Any) -> None:
    missing = "0190a7c2-7f00-7000-8000-000000000000"
    for path in ("services", "organizations", "taxonomies", "taxonomy_terms", "service_at_locations"):
        answer = client.get(f"/{path}/{missing}")
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, "*")


def test_what_is_not_public_is_not_opened_to_other_sites(client: Any) -> None:
    assert "access-control-allow-origin" not in client.get("/listings").headers
    assert "access-control-allow-origin" not in client.post("/matches", json={}).headers

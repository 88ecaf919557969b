"""Criteria that nobody can answer: refused with what to write instead, rather than answered with an empty list."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.support.directory import Agency

SERVICES = ("/services", "/service_at_locations")
LISTS = (*SERVICES, "/organizations", "/taxonomies", "/taxonomy_terms")
UNKNOWN = {
    "municipality": ("AL-nowhere", "/municipalities"),
    "serves": ("ZZ", "/municipalities"),
    "available_to": ("RS-county-nowhere", "/municipalities"),
    "need": ("no-such-need", "/taxonomy_terms"),
}


def asked_both_ways(client: Any, path: str, **criteria: Any) -> list[Any]:
    return [client.get(path, params=criteria), client.post(path, json=criteria)]


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize("parameter", UNKNOWN)
@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_a_code_that_is_not_known_is_refused_by_its_parameter(
    client: Any, path: str, parameter: str, format: str
) -> None:
    code, listed = UNKNOWN[parameter]
    for answer in asked_both_ways(client, path, **{parameter: code}, format=format):
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["type"].endswith("/unknown-code")
        assert problem["unknown_codes"] == [code]
        assert problem["errors"][0]["parameter"] == parameter
        assert listed in problem["detail"]
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("parameter", ["municipality", "serves"])
def test_the_network_is_told_the_same(caseworker: Agency, parameter: str) -> None:
    answer = caseworker.get(f"/network/services?{parameter}=AL-nowhere")
    assert (answer.status_code, answer.json()["unknown_codes"]) == (422, ["AL-nowhere"])


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize("parameter", ["taxonomy_term_id", "taxonomy_id", "organization_id"])
def test_an_id_that_nothing_has_finds_nothing(client: Any, path: str, parameter: str) -> None:
    for answer in asked_both_ways(client, path, **{parameter: str(uuid.uuid4())}):
        assert (answer.status_code, answer.json()["empty"]) == (200, True)


@pytest.mark.parametrize("code", ["AL", "AL-county-tirane", "AL-tirane"])
def test_a_country_and_an_area_are_places_too(client: Any, code: str) -> None:
    for parameter in ("municipality", "serves", "available_to"):
        assert client.get("/services", params={parameter: code}).status_code == 200


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize("reach", [{"within_km": 50}, {"proximity": "50000"}])
def test_a_country_has_no_middle_to_measure_from(client: Any, path: str, reach: dict[str, Any]) -> None:
    for answer in asked_both_ways(client, path, municipality="AL", **reach):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "municipality"
        assert "a country has no middle" in answer.json()["detail"]
    assert client.get(path, params={"municipality": "AL-tirane", **reach}).status_code == 200


def test_a_country_keeps_what_is_near_a_point_on_its_side_of_the_border(client: Any) -> None:
    for answer in asked_both_ways(client, "/services", municipality="AL", within_km=50, near="41.33,19.82"):
        assert answer.status_code == 200


@pytest.mark.parametrize("moment", ["2026-11-30T10:00:00", "2026-11-30 10:00"])
def test_a_moment_without_an_offset_is_not_guessed(client: Any, moment: str) -> None:
    for answer in asked_both_ways(client, "/services", open_at=moment):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "open_at"
        assert "2026-03-01T17:00:00+01:00" in answer.json()["detail"]


@pytest.mark.parametrize("path", SERVICES)
def test_lines_carry_no_counts(client: Any, path: str) -> None:
    for answer in asked_both_ways(client, path, facets=["sex"], format="ndjson"):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "facets"


@pytest.mark.parametrize("path", [*LISTS, "/matches", "/openings"])
def test_criteria_of_no_type_are_refused(caseworker: Agency, path: str) -> None:
    bearer = caseworker.issuer.bearer(agency_id=caseworker.id, scopes=caseworker.scopes)
    answer = caseworker.client.post(path, content=b'{"needs": ["hotline"]}', headers=bearer)
    assert answer.status_code == 415
    assert answer.json()["detail"] == "Send a body of the type application/json."


@pytest.mark.parametrize("path", LISTS)
def test_no_body_asks_for_everything(client: Any, path: str) -> None:
    assert client.post(path).json()["total_items"] == client.get(path).json()["total_items"]


@pytest.mark.parametrize("path", LISTS)
def test_criteria_count_that_come_in_pieces(client: Any, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post(path, content=iter([b'{"search": "zzqxw', b'vvkkzzq"}']), headers=headers)
    assert answer.json()["total_items"] == 0


@pytest.mark.parametrize("query", ["need=hotline&need=legal-aid", "language=sq&language=rom", "age=12&age=13"])
def test_a_second_value_is_not_dropped_without_a_word(client: Any, query: str) -> None:
    answer = client.get(f"/services?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == query.split("=")[0]


def test_all_of_a_list_are_needed_however_they_are_written(agency: Agency, client: Any) -> None:
    owner = agency.organization()
    agency.publish(organization_id=owner, accessibility=["lift"])
    both = agency.publish(organization_id=owner, accessibility=["lift", "braille"])["id"]
    for written in ("accessibility=lift,braille", "accessibility=lift&accessibility=braille"):
        found = client.get(f"/services?organization_id={owner}&{written}").json()["contents"]
        assert [service["id"] for service in found] == [both]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("near=abc", "latitude,longitude in degrees, such as 41.33,19.82"),
        ("modified_after=yesterday", "a date such as"),
        ("municipality=Tirana", "such as AL-tirane"),
        ("start_time=9:00", "such as 09:00"),
    ],
)
def test_what_to_write_is_said_in_words(client: Any, query: str, says: str) -> None:
    detail = client.get(f"/services?{query}").json()["detail"]
    assert says in detail
    assert "^" not in detail


@pytest.mark.parametrize("path", ["/matches", "/capacity-enquiries"])
def test_a_distance_needs_a_place_to_measure_from(agency: Agency, client: Any, path: str) -> None:
    officer = Agency(client, agency.issuer, scopes="referrals:read referrals:write")
    need = {"needs": ["legal-aid"], "within_km": 5}
    answer = officer.post(path, need if path == "/matches" else {"need": need})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"pointer": "/within_km", "detail": "needs a municipality to measure from"}]


@pytest.mark.parametrize("path", ["/services", "/organizations", "/service_at_locations"])
def test_a_minimal_list_is_whole_where_nothing_else_is_said(agency: Agency, client: Any, path: str) -> None:
    for _ in range(21):
        agency.publish(organization_id=agency.organization())
    for answer in asked_both_ways(client, path, minimal=True):
        assert answer.json()["size"] == answer.json()["total_items"] > 20
    for answer in asked_both_ways(client, path, minimal=True, per_page=3):
        assert answer.json()["size"] == 3
    assert client.get(path).json()["size"] == 20


def test_an_address_that_there_is_not_is_told_to_other_sites_too(client: Any, agency: Agency) -> None:
    answer = client.get("/servces")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, "*")
    hidden = agency.get(f"/listings/{uuid.uuid4()}")
    assert hidden.status_code == 404
    assert "access-control-allow-origin" not in hidden.headers


@pytest.mark.parametrize("host", ["evil.example.net", "evil.example.net:81", "a b"])
def test_the_root_repeats_no_host(client: Any, host: str) -> None:
    answer = client.get("/", headers={"Host": host, "X-Forwarded-Host": host})
    assert "evil" not in answer.text
    if answer.status_code == 200:
        assert answer.json()["openapi_url"] == "/openapi.json"


def test_the_profile_is_a_page_without_code(client: Any) -> None:
    page = client.get("/profile", headers={"Accept": "text/html"}).text
    assert not set("{}[]'") & set(page)
    profile = client.get("/profile").json()
    for name, said in profile["additions"]["organization"].items():
        assert f"<dt>{name}</dt><dd>{said}</dd>" in page
    assert "sex" in profile["additions"]["service"]
    assert json.dumps(profile["hsds_versions"]) not in page

"""What public reads promise beside their shapes: criteria in bodies, places, postcodes, hours, streams and caches."""

from __future__ import annotations

import itertools
import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update

from services.directory.adapters import search
from services.directory.adapters.sql import Sql
from services.directory.adapters.tables import municipality, taxonomy_term
from services.directory.adapters.tables import organization as organization_table
from services.directory.bootstrap import Directory
from services.directory.domain.versions import Change
from services.directory.entrypoints.api import lines
from services.directory.entrypoints.cli import run_load_reference
from tests.support.directory import Agency
from tests.support.hsds import take_over

LISTS = ("/services", "/organizations", "/taxonomies", "/taxonomy_terms", "/service_at_locations")
# Each service in a belt of its own, far from all others.
_belts = itertools.count()
FEED_ORGANIZATION = {"name": "Feed", "description": "Publishes by itself."}


def place(postal_code: str, latitude: float, longitude: float) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "location": {
            "id": str(uuid.uuid4()),
            "location_type": "physical",
            "latitude": latitude,
            "longitude": longitude,
            "addresses": [
                {
                    "id": str(uuid.uuid4()), "address_1": "Street 1", "city": "Town", "state_province": "Province",
                    "postal_code": postal_code, "country": "AL", "address_type": "physical",
                }
            ],
        },
    }  # fmt: skip


@pytest.fixture
def imported(directory: Directory) -> dict[str, Any]:
    """A service with two places far from each other, in postal codes that nobody else has."""
    code, south = uuid.uuid4().hex[:8], -10 - next(_belts)
    service = {
        "id": str(uuid.uuid4()),
        "name": f"Imported {code}",
        "description": "From a feed.",
        "status": "active",
        "service_at_locations": [place(f"{code} A", south, 20.0), place(f"{code}-B", south, 25.0)],
        "schedules": [
            {"id": str(uuid.uuid4()), "freq": "WEEKLY", "byday": "MO,SU", "opens_at": "09:00:00", "closes_at": "13:00"},
            {"id": str(uuid.uuid4()), "freq": "MONTHLY", "byday": "2TU", "opens_at": "18:00", "closes_at": "20:00"},
        ],
    }
    take_over(directory, service, {**FEED_ORGANIZATION, "id": str(uuid.uuid4())})
    return {**service, "code": code, "south": south}


def ids(client: Any, path: str, **criteria: Any) -> list[str]:
    answer = client.get(path, params=criteria)
    assert answer.status_code == 200, answer.text
    return [entry["id"] for entry in answer.json()["contents"]]


@pytest.mark.parametrize(
    "query",
    ["proximity=100", "within_km=5", "age=7&within_km=5",
     "postcode=X1&proximity=0", "postcode=X1&proximity=x", "postcode=X1&proximity=9999999",
     "postcode=-", "day=Noday", "day=Monkey", "day=Weds", "language=sr-RS-x", "language=serbian",
     "start_time=25:00", "end_time=9", "profile=hsds-2.0",
     "page=1000000000000", "format=xml"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/services", "/service_at_locations"])
def test_criteria_that_cannot_be_answered_are_refused(client: Any, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("path", LISTS)
def test_a_post_without_a_body_answers_as_a_get_and_an_unknown_criterion_is_refused(client: Any, path: str) -> None:
    assert client.post(f"{path}?per_page=3").json() == client.get(f"{path}?per_page=3").json()
    assert client.post(path, json={"per_page": 3}).json() == client.get(f"{path}?per_page=3").json()
    refused = client.post(path, json={"child": "Ana"})
    assert refused.status_code == 400
    assert "Ana" not in refused.text


def test_criteria_in_a_body_count_and_stand_in_no_log(
    client: Any, imported: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = client.post("/services", json={"search": imported["code"], "age": 12, "per_page": 5}).json()
    assert [entry["id"] for entry in page["contents"]] == [imported["id"]]
    assert imported["code"] not in caplog.text


def test_each_place_of_a_service_is_listed_and_found_by_its_own_distance(client: Any, imported: dict[str, Any]) -> None:
    first, second = (entry["id"] for entry in imported["service_at_locations"])
    assert ids(client, "/service_at_locations", search=imported["code"]) == [first, second]
    south = imported["south"]
    assert ids(client, "/service_at_locations", near=f"{south}.01,25.01") == [second]
    for east in ("20.01", "25.01"):
        assert ids(client, "/services", near=f"{south}.01,{east}") == [imported["id"]]
    assert ids(client, "/services", near=f"{south},22.5") == []
    page = client.get("/service_at_locations", params={"search": imported["code"], "per_page": 1, "page": 2}).json()
    assert (page["total_items"], page["contents"][0]["id"]) == (2, second)


def test_a_postal_code_stands_for_the_places_that_have_it(client: Any, imported: dict[str, Any]) -> None:
    code, (first, second) = imported["code"], imported["service_at_locations"]
    # Blanks, hyphens and case make no difference.
    assert ids(client, "/services", postcode=f"{code}a".upper(), search=code) == [imported["id"]]
    assert ids(client, "/service_at_locations", postcode=f"{code} A", proximity="1000") == [first["id"]]
    assert ids(client, "/service_at_locations", postcode=f"{code}B", proximity="1000") == [second["id"]]
    assert ids(client, "/service_at_locations", postcode=f"{code}B", within_km=1000, search=code) == [
        second["id"],
        first["id"],
    ]


@pytest.mark.parametrize("path", ["/services", "/service_at_locations"])
def test_a_postal_code_that_no_place_has_finds_nothing(client: Any, path: str) -> None:
    assert ids(client, path, postcode="ZZ99ZZ99") == []
    assert ids(client, path, postcode="ZZ99ZZ99", proximity="1000000") == []


@pytest.mark.parametrize(
    ("criteria", "is_found"),
    [
        ({"day": "MO"}, True),
        ({"day": "sunday"}, True),
        ({"day": "Mon"}, True),
        ({"day": "Tues"}, True),
        ({"day": "TU"}, True),
        ({"day": "WE"}, False),
        ({"day": "MO", "start_time": "09:00", "end_time": "13:00"}, True),
        ({"day": "MO", "start_time": "09:01"}, False),
        ({"day": "MO", "end_time": "12:59"}, False),
        # One schedule must have all of it.
        ({"day": "MO", "start_time": "18:00"}, False),
        ({"start_time": "18:00", "end_time": "20:00:00"}, True),
    ],
)
def test_day_and_times_ask_for_one_schedule(
    client: Any, imported: dict[str, Any], criteria: dict[str, str], is_found: bool
) -> None:
    assert (imported["id"] in ids(client, "/services", search=imported["code"], **criteria)) is is_found


def test_an_organization_that_was_published_as_such_is_read_without_a_service(
    client: Any, agency: Agency, imported: dict[str, Any], directory: Directory
) -> None:
    owner = client.get(f"/services/{imported['id']}").json()["organization_id"]
    with directory.unit_of_work() as uow:
        listing = uow.listings.get(imported["id"])
        assert listing is not None
        listing.withdraw(directory.clock.now())
        uow.listings.save(listing)
        uow.commit()
    assert client.get(f"/organizations/{owner}").json()["name"] == "Feed"
    assert client.get(f"/services/{imported['id']}").status_code == 404
    assert client.get(f"/organizations/{agency.organization()}").status_code == 404


def test_a_new_name_of_an_organization_is_read_everywhere_at_once(
    client: Any, imported: dict[str, Any], directory: Directory
) -> None:
    before = client.get(f"/services/{imported['id']}").json()
    owner = before["organization_id"]
    name = f"Renamed {imported['code']}"
    with directory.unit_of_work() as uow:
        kept = uow.organizations.get(owner)
        assert kept is not None
        change = Change(action="edit", at=datetime.now(UTC))
        uow.organizations.save(type(kept)(**{**vars(kept), "name": name}), change)
        uow.commit()
    assert client.get(f"/services/{imported['id']}").json()["organization"]["name"] == name
    place_id = imported["service_at_locations"][0]["id"]
    assert client.get(f"/service_at_locations/{place_id}").json()["service"]["organization"]["name"] == name
    changed = client.get(
        "/organizations", params={"search": imported["code"], "modified_after": before["last_modified"]}
    )
    assert [entry["id"] for entry in changed.json()["contents"]] == [owner]


def test_new_names_of_places_and_terms_are_read_once_the_reference_data_are_loaded(
    client: Any, agency: Agency, directory: Directory
) -> None:
    listing = agency.publish(serves=["AL-berat"], location={"kind": "physical", "municipality": "AL-berat"})
    with directory.engine.begin() as connection:
        connection.execute(update(municipality).where(municipality.c.code == "AL-berat").values(name="Old name"))
        term = update(taxonomy_term).where(taxonomy_term.c.code == "psychosocial-support")
        connection.execute(term.values(names={"en": "Old"}))
    with directory.unit_of_work() as uow:
        uow.listings.publish_again(listing["id"])
        uow.commit()
    before = client.get(f"/services/{listing['id']}").json()
    assert before["service_areas"][0]["name"] == "Old name"
    run_load_reference(directory)
    after = client.get(f"/services/{listing['id']}").json()
    assert after["service_areas"][0]["name"] == "Berat"
    assert after["service_at_locations"][0]["location"]["name"] == "Berat"
    assert after["attributes"][0]["taxonomy_term"]["name"] != "Old"


@pytest.mark.parametrize("path", LISTS)
def test_a_stream_holds_what_the_pages_hold(client: Any, imported: dict[str, Any], path: str) -> None:
    streamed = client.get(f"{path}?format=ndjson")
    assert streamed.headers["content-type"].startswith("application/x-ndjson")
    found = [json.loads(line) for line in streamed.text.splitlines()]
    page = client.get(f"{path}?per_page=100").json()
    assert len(found) == page["total_items"]
    assert found[: page["size"]] == page["contents"]


def test_a_stream_is_one_state_of_the_data(
    directory: Directory, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_ROWS_PER_READ", 1)
    for _ in range(3):
        agency.organization()

    def read(connection: Any) -> Any:
        for rows in lines.rows_of(connection, select(organization_table.c.name)):
            yield [row[0] for row in rows]

    stream = lines._lines(directory.engine, read)
    next(stream)
    agency.organization(name="Came late")
    assert "Came late\n" not in list(stream)


@pytest.mark.parametrize("more", ["", "&minimal=true", "&full=true"])
def test_a_stream_has_the_order_of_the_pages_beyond_what_is_weighed(
    client: Any, agency: Agency, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    monkeypatch.setattr(search, "_MOST_WEIGHED", 5)
    word = f"vj{uuid.uuid4().hex[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    owner = agency.organization()
    # The word stands once here and twice there, so that weighing and the order by name differ.
    for number in range(8):
        name = f"{word} {number}" if number % 3 == 2 else f"Shtëpia {number}"
        agency.publish(organization_id=owner, name=name, description=" ".join([word] * (number % 4 + 1)))
    asked = f"/services?search={word}{more}"
    streamed = [json.loads(line)["id"] for line in client.get(f"{asked}&format=ndjson").text.splitlines()]
    assert len(streamed) == 8
    for size in (1, 2, 3, 4, 5, 6, 7, 100):
        pages = [
            client.get(f"{asked}&per_page={size}&page={page}").json()["contents"] for page in range(1, 8 // size + 2)
        ]
        assert [entry["id"] for page in pages for entry in page] == streamed, size


def test_a_stream_is_read_some_rows_at_a_time(directory: Directory) -> None:
    many = f"SELECT generate_series(1, {3 * lines._ROWS_PER_READ})"
    with directory.engine.connect() as connection:
        for statement in (Sql(many), text(many)):
            assert [len(rows) for rows in lines.rows_of(connection, statement)] == [lines._ROWS_PER_READ] * 3


def test_only_some_streams_are_read_at_a_time(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        assert client.get("/taxonomies?format=ndjson").status_code == 200
    taken = [lines._slots.acquire(blocking=False) for _ in range(4)]
    try:
        answer = client.get("/services?format=ndjson")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        assert client.get("/services").status_code == 200
    finally:
        for _ in filter(None, taken):
            lines._slots.release()


def test_any_web_page_may_ask_first(client: Any) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    for path in (*LISTS, "/", "/changes", "/profile", "/municipalities"):
        answer = client.request("OPTIONS", path, headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
        assert "POST" in answer.headers["access-control-allow-methods"]
    assert client.request("OPTIONS", "/listings", headers=headers).headers.get("access-control-allow-origin") is None
    assert client.get("/services?page=0").headers["access-control-allow-origin"] == "*"
    named = client.get("/exports?format=csv").headers
    assert "Content-Disposition" in named["access-control-expose-headers"]
    assert "filename" in named["content-disposition"]


def test_what_the_edge_refuses_can_be_read_by_any_web_page_too(client: Any) -> None:
    large = client.post("/services", content=b" " * 2_000_000, headers={"Content-Type": "application/json"})
    assert (large.status_code, large.headers["access-control-allow-origin"]) == (413, "*")
    for path in ("/services/%0A", "/services?search=%ff"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (400, "*")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in client.get("/listings/%0A").headers
    preflight = client.request("OPTIONS", "/services")
    assert preflight.headers.get_list("access-control-allow-origin") == ["*"]
    assert preflight.headers["x-correlation-id"]


def test_who_has_the_answer_already_gets_304_until_it_changes(client: Any, agency: Agency) -> None:
    listing = agency.publish()
    path = f"/services/{listing['id']}"
    first = client.get(path)
    assert first.headers["cache-control"].startswith("public, max-age=")
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    assert again.headers["access-control-allow-origin"] == "*"
    body = {"available": 1, "unit": "places"}
    version = agency.get(f"/listings/{listing['id']}").headers["ETag"]
    assert agency.put(f"/listings/{listing['id']}/capacity", body, If_Match=version).status_code == 200
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_answers_are_compressed_for_who_asks(client: Any) -> None:
    assert client.get("/taxonomy_terms", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    for refused in ("gzip;q=0", "identity, gzip; q=0.0", "xgzip", "identity"):
        assert "content-encoding" not in client.get("/taxonomy_terms", headers={"Accept-Encoding": refused}).headers
    assert "content-encoding" not in client.get("/taxonomy_terms", headers={"Accept-Encoding": "identity"}).headers


def test_an_id_in_capitals_is_the_same_id(client: Any, agency: Agency) -> None:
    listing = agency.publish()
    at_place = ids(client, "/service_at_locations", organization_id=listing["organization_id"])[0]
    taxonomy, term = (client.get(path).json()["contents"][0]["id"] for path in ("/taxonomies", "/taxonomy_terms"))
    known = (listing["id"], listing["organization_id"], taxonomy, term, at_place)
    for path, known_id in zip(LISTS, known, strict=True):
        answer = client.get(f"{path}/{known_id.upper()}")
        assert (answer.status_code, answer.json()["id"]) == (200, known_id), path
        assert client.get(f"{path}/{known_id[:-1].upper()}").status_code == 400
    assert agency.get(f"/listings/{listing['id'].upper()}").json()["id"] == listing["id"]


def test_the_profile_resolves_and_says_what_is_added(client: Any) -> None:
    address = client.get("/").json()["profile"]
    assert address.endswith("/profile")
    assert "translations" in client.get("/profile").json()["additions"]["service"]
    page = client.get("/profile", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "translations" in page.text
    assert "/openings" in page.text


def test_the_profile_names_every_open_address_that_hsds_does_not_know(client: Any) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    open_to_all = {path for path, ways in paths.items() if any(way.get("security") == [] for way in by_method(ways))}
    of_hsds = {"/", "/profile", *LISTS, *(f"{path}/{{id}}" for path in LISTS)}
    assert set(client.get("/profile").json()["addresses"]) == open_to_all - of_hsds


def by_method(ways: dict[str, Any]) -> list[dict[str, Any]]:
    return [way for method, way in ways.items() if method in ("get", "post", "put", "delete")]


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/profile", "Accept"),
        *((path, "Accept-Language") for path in (*LISTS, "/municipalities", "/services?format=ndjson")),
    ],
)
def test_whoever_keeps_an_answer_is_told_what_it_depends_on(client: Any, path: str, header: str) -> None:
    for asked in ({}, {"Accept": "application/json, text/html;q=0.5", "Accept-Language": "sq"}):
        told = client.get(path, headers=asked).headers.get_list("Vary", split_commas=True)
        assert header in told


def test_openings_say_that_they_depend_on_the_language(client: Any) -> None:
    answer = client.post("/openings", json={"service_ids": [str(uuid.uuid4())]})
    assert "Accept-Language" in answer.headers["Vary"]

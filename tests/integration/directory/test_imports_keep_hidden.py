"""What is hidden stays hidden, whatever a file says: places, organizations and services that not everybody may see."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
import zipfile
from datetime import datetime
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.integration.directory.test_imports import errors_of, work_off
from tests.support.directory import Agency, listing_body

STREET = "Rruga Mbrojturxyz 9"
SHELTER = {"kind": "confidential", "municipality": "AL-shkoder", "address_1": STREET, "postal_code": "PC-MBROJTUR"}
HEADER = "id,organization,name,description,kinds of help,languages,municipality,address"


@pytest.fixture
def finish(agency: Agency, directory: Directory) -> Any:
    """Send a file that is to be done, let the worker do its work, and return the import with its rows."""

    def run(content: str | bytes, *, by: Agency | None = None, **parameters: Any) -> dict[str, Any]:
        answer = (by or agency).upload(content, **{"dry_run": False, **parameters})
        assert answer.status_code == 202, answer.text
        return work_off(by or agency, directory, answer.json()["id"])

    return run


def row_of(listing: dict[str, Any], *more: str) -> str:
    cells = [listing["id"], listing["organization_id"], listing["name"], "Changed.", "psychosocial-support", "sq"]
    return ",".join((*cells, "AL-shkoder", STREET, *more)) + "\n"


@pytest.mark.parametrize("review", ["waived", "required"])
@pytest.mark.parametrize(
    ("place", "errors"),
    [
        ("address", [("place", "confidential_stays")]),
        ("everywhere", [("place", "confidential_stays")]),
        ("sekret", [("place", "not_allowed")]),
        ("", []),
        (None, []),
    ],
)
def test_no_row_takes_a_place_out_of_hiding(
    agency: Agency, client: Any, finish: Any, review: str, place: str | None, errors: list[tuple[str, str]]
) -> None:
    listing = agency.publish(location=SHELTER)
    if review == "waived":
        agency.waive_review(listing["organization_id"])
    else:
        agency.set_review(listing["organization_id"], review)
    more = () if place is None else (place,)
    header = HEADER + ("" if place is None else ",place")
    job = finish(f"{header}\n{row_of(listing, *more)}", publish=True)
    assert errors_of(job) == errors, job
    assert [row["action"] for row in job["rows"]] == ["refused" if errors else "updated"]
    path = f"/listings/{listing['id']}"
    assert agency.get(path).json()["location"] == SHELTER
    if not errors and review == "required":
        assert agency.get(f"{path}/proposal").json()["content"]["location"] == SHELTER
    public = client.get(f"/services/{listing['id']}")
    assert STREET not in public.text
    assert "service_at_locations" not in public.json()


def test_a_place_of_no_known_kind_is_refused_rather_than_shown(agency: Agency, finish: Any) -> None:
    header = "name,description,kinds of help,languages,serves,place,municipality,address\n"
    row = f"House,Safe.,emergency-shelter,sq,AL,top secret,AL-shkoder,{STREET}\n"
    job = finish(header + row, organization_id=agency.organization(), publish=True)
    assert errors_of(job) == [("place", "not_allowed")]


def address(identifier: str) -> dict[str, Any]:
    return {
        "id": identifier, "address_1": STREET, "city": "Town", "state_province": "Province", "postal_code": "",
        "country": "AL", "address_type": "physical",
    }  # fmt: skip


@pytest.fixture
def feed(client: Any, finish: Any) -> dict[str, Any]:
    """An organization from a feed that tells of its house, with two public services."""
    ids = [str(uuid.uuid4()) for _ in range(8)]
    owner: dict[str, Any] = {
        "id": ids[0], "name": f"House of {ids[0]}", "description": "Helps.",
        "locations": [{"id": ids[1], "location_type": "physical", "latitude": 42.071717, "longitude": 19.517171,
                       "addresses": [address(ids[2])]}],
        "metadata": [{"id": ids[3], "resource_id": ids[0], "resource_type": "organization",
                      "last_action_date": "2026-01-01", "last_action_type": "update", "field_name": "address_1",
                      "previous_value": STREET, "replacement_value": "Elsewhere", "updated_by": "Somebody"}],
    }  # fmt: skip
    services = [
        {"id": each, "organization_id": ids[0], "name": f"Service {each}", "status": "active",
         "service_areas": [{"id": str(uuid.uuid4()), "name": "AL", "extent": "AL"}],
         "languages": [{"id": str(uuid.uuid4()), "code": "sq"}]}
        for each in ids[4:6]
    ]  # fmt: skip
    services[0]["metadata"] = [{**owner["metadata"][0], "id": ids[6], "resource_id": ids[4]}]
    job = finish(json.dumps([owner, *services]), format="hsds-json", publish=True, country="AL")
    assert errors_of(job) == [], job
    assert STREET in client.get(f"/organizations/{ids[0]}").text
    return {"owner": ids[0], "services": ids[4:6]}


def everything_public(client: Any, feed: dict[str, Any]) -> str:
    paths = [f"/organizations/{feed['owner']}", *(f"/services/{each}" for each in feed["services"])]
    paths += [f"/services?organization_id={feed['owner']}&full=true"]
    exported = [line for line in client.get("/exports?format=ndjson").text.splitlines() if feed["owner"] in line]
    assert exported
    return "".join((*(client.get(path).text for path in paths), *exported))


def test_an_organizations_place_is_hidden_with_its_first_shelter_in_what_comes_with_it(
    client: Any, feed: dict[str, Any], finish: Any
) -> None:
    """Both are new and written at once: the other service must not tell of the house either."""
    names = [f"{kind} {uuid.uuid4().hex}" for kind in ("Shelter", "Advice")]
    rows = [
        f"{feed['owner']},{names[0]},Safe.,emergency-shelter,sq,AL,confidential,AL-shkoder,{STREET}",
        f"{feed['owner']},{names[1]},Free.,legal-aid,sq,AL,everywhere,,",
    ]
    header = "organization,name,description,kinds of help,languages,serves,place,municipality,address"
    job = finish("\n".join((header, *rows)) + "\n", publish=True)
    assert [row["action"] for row in job["rows"]] == ["created", "created"], job
    new = [row["id"] for row in job["rows"]]
    exported = client.get("/exports?format=ndjson").text.splitlines()
    told = [client.get(path).text for path in (f"/organizations/{feed['owner']}", *(f"/services/{id_}" for id_ in new))]
    text = "".join((*told, *(line for line in exported if any(id_ in line[:100] for id_ in new))))
    assert all(name in text for name in names)
    for marker in (STREET, "42.0717", "19.5171"):
        assert marker not in text


def test_an_organization_with_a_hidden_place_tells_of_no_place(
    agency: Agency, client: Any, feed: dict[str, Any]
) -> None:
    path = f"/listings/{feed['services'][0]}"
    seen = agency.get(path)
    body = listing_body(location=SHELTER, capacity=None)
    hidden = agency.put(path, body, If_Match=seen.headers["etag"])
    assert hidden.status_code == 200, hidden.text
    text = everything_public(client, feed)
    assert feed["services"][1] in text
    for marker in (STREET, "42.0717", "19.5171", "PC-MBROJTUR"):
        assert marker not in text
    later = agency.put(path, listing_body(capacity=None), If_Match=hidden.headers["etag"])
    assert later.status_code == 200
    assert STREET in client.get(f"/organizations/{feed['owner']}").text
    assert STREET in client.get(f"/services/{feed['services'][1]}").text


def test_a_new_hidden_draft_from_a_file_hides_the_places_of_its_organization(
    client: Any, finish: Any, feed: dict[str, Any]
) -> None:
    header = "name,description,kinds of help,languages,serves,place,municipality,address\n"
    row = f"House,Safe.,emergency-shelter,sq,AL,confidential,AL-shkoder,{STREET}\n"
    job = finish(header + row, organization_id=feed["owner"])
    assert [row["action"] for row in job["rows"]] == ["created"], job
    organization = client.get(f"/organizations/{feed['owner']}").json()
    assert "locations" not in organization
    assert "metadata" not in organization
    assert STREET not in str(client.get(f"/services/{feed['services'][1]}").json()["organization"])


def own_export(agency: Agency, format: str) -> bytes:
    headers = agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes)
    answer = agency.client.get("/exports/own", params={"format": format}, headers=headers)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("format", ["hsds-package", "hsds-json", "ndjson"])
def test_an_organization_nobody_sees_stays_unseen_when_its_export_comes_back(
    agency: Agency, client: Any, finish: Any, format: str, publish: bool
) -> None:
    owner = agency.organization(name="Hidden house")
    agency.publish(organization_id=owner, tier="network")
    assert client.get(f"/organizations/{owner}").status_code == 404
    job = finish(own_export(agency, format), format=format, publish=publish)
    assert errors_of(job) == [], job
    assert client.get(f"/organizations/{owner}").status_code == 404


@pytest.mark.parametrize(("publish", "status"), [(False, 404), (True, 200)])
def test_a_new_organization_is_public_only_where_the_import_publishes(
    client: Any, finish: Any, publish: bool, status: int
) -> None:
    owner = {"id": str(uuid.uuid4()), "name": "From a feed", "description": "Helps."}
    finish(json.dumps(owner), format="ndjson", country="AL", publish=publish)
    assert client.get(f"/organizations/{owner['id']}").status_code == status


def test_a_file_only_proposes_what_an_organization_under_review_says(agency: Agency, client: Any, finish: Any) -> None:
    listing = agency.publish()
    owner = listing["organization_id"]
    assert agency.set_review(owner, "required").status_code == 200
    service = {"id": listing["id"], "name": "Proposed", "status": "active", "organization_id": owner}
    told = {"id": owner, "name": "Changed by one person", "description": "Alone.", "services": [service]}
    job = finish(json.dumps(told), format="hsds-json")
    assert errors_of(job) == [("", "organization_proposed")]
    assert [row["action"] for row in job["rows"]] == ["updated", "updated"]
    assert client.get(f"/organizations/{owner}").json()["name"] == "Qendra Agimi"
    assert agency.get(f"/listings/{listing['id']}/proposal").json()["content"]["name"] == "Proposed"


NAMED = "7c1f5a0e-2c52-4f6e-9a55-0d3f7be1c001"


@pytest.mark.parametrize("format", ["csv", "hsds-package", "hsds-json", "ndjson"])
@pytest.mark.parametrize(("tier", "named"), [("network", []), ("named", [NAMED])])
def test_who_may_see_a_service_goes_out_with_an_export_and_comes_back_with_it(
    agency: Agency, other_agency: Agency, client: Any, finish: Any, format: str, tier: str, named: list[str]
) -> None:
    """The same services under other ids and another agency, as in a directory of its own, are seen by no more."""
    owner = agency.organization(name="Hidden house")
    listing = agency.publish(organization_id=owner, tier=tier, named_agencies=named or None)
    exported = own_export(agency, format)
    same = finish(exported, format=format, publish=True)
    assert errors_of(same) == [], same
    seen = agency.get(f"/listings/{listing['id']}").json()
    assert (seen["tier"], seen.get("named_agencies", [])) == (tier, named)
    assert client.get(f"/organizations/{owner}").status_code == 404

    new_id, new_owner = str(uuid.uuid4()), other_agency.organization() if format == "csv" else str(uuid.uuid4())
    others = [entry["id"] for entry in agency.get("/own-organizations").json()["items"]]
    moved = renamed(
        exported,
        {listing["id"]: new_id, owner: new_owner}
        | {each: str(uuid.uuid4()) for each in (*others, *places_in(exported)) if each != owner},
    )
    job = finish(moved, by=other_agency, format=format, publish=True, country="AL")
    # A table's row with an id that nobody here knows becomes a new service, and says so.
    assert errors_of(job) == ([("id", "unknown_id")] if format == "csv" else []), job
    seen = other_agency.get(f"/listings/{new_id}").json()
    assert (seen["status"], seen["tier"], seen.get("named_agencies", [])) == ("published", tier, named)
    assert client.get(f"/services/{new_id}").status_code == 404
    assert client.get(f"/organizations/{new_owner}").status_code == 404


def places_in(exported: bytes) -> set[str]:
    """Return the ids of services at places, which no two agencies may keep."""
    if exported.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(exported)) as package:
            name = next(name for name in package.namelist() if name.endswith("service_at_location.csv"))
            table = package.read(name).decode("utf-8-sig")
        return {row["id"] for row in csv.DictReader(io.StringIO(table))}
    return {found.decode() for found in re.findall(rb'"service_at_locations":\[\{"id":"([0-9a-f-]{36})"', exported)}


def renamed(exported: bytes, ids: dict[str, str]) -> bytes:
    def replaced(content: bytes) -> bytes:
        for old, new in ids.items():
            content = content.replace(old.encode(), new.encode())
        return content

    if not exported.startswith(b"PK"):
        return replaced(exported)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(exported)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, replaced(old.read(name)))
    return packed.getvalue()


def test_the_public_export_does_not_say_who_may_see_what(agency: Agency, client: Any) -> None:
    agency.publish(organization_id=agency.organization(), tier="named", named_agencies=[NAMED])
    agency.publish(organization_id=agency.organization())
    for format in ("csv", "hsds-json", "ndjson"):
        text = client.get("/exports", params={"format": format}).text
        assert NAMED not in text
        assert "lidhja-tier" not in text


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        ("somebody,", [("tier", "not_allowed")]),
        ("named,", [("named_agencies", "missing")]),
        ("named,Qendra", [("named_agencies", "not_uuid")]),
        (f"network,{NAMED}", [("", "does_not_fit")]),
        ("rrjeti,", []),
        (f"Избрани,{NAMED.upper()}", []),
    ],
)
def test_a_row_says_who_may_see_the_service(
    agency: Agency, client: Any, finish: Any, cells: str, errors: list[tuple[str, str]]
) -> None:
    header = "name,description,kinds of help,languages,serves,place,tier,named agencies\n"
    row = f"House,Safe.,emergency-shelter,sq,AL,everywhere,{cells}\n"
    job = finish(header + row, organization_id=agency.organization(), publish=True)
    assert errors_of(job) == errors, job
    if not errors:
        assert client.get(f"/services/{job['rows'][0]['id']}").status_code == 404


def test_a_row_that_says_nothing_of_it_leaves_it_and_an_old_export_shows_it_to_no_more(
    agency: Agency, client: Any, finish: Any
) -> None:
    listing = agency.publish(organization_id=agency.organization())
    old = own_export(agency, "csv")
    path = f"/listings/{listing['id']}"
    body = listing_body(tier="network", capacity=None, name="Other")
    assert agency.put(path, body, If_Match=f'"{listing["version"]}"').status_code == 200
    for format, content in (("csv", old), ("ndjson", b"")):
        told = {"id": listing["id"], "organization_id": listing["organization_id"], "name": "X", "status": "active"}
        job = finish(content or json.dumps(told), format=format, publish=True)
        assert [row["action"] for row in job["rows"]] == ["updated"], job
        assert agency.get(path).json()["tier"] == "network"
    assert client.get(f"/services/{listing['id']}").status_code == 404


def test_a_tier_that_nobody_knows_is_refused_rather_than_public(agency: Agency, client: Any, finish: Any) -> None:
    told = {"id": str(uuid.uuid4()), "organization_id": agency.organization(), "name": "X", "status": "active"}
    told["attributes"] = [{"id": str(uuid.uuid4()), "link_type": "lidhja-tier", "value": "friends"}]  # type: ignore[assignment]
    job = finish(json.dumps(told), format="ndjson", publish=True)
    assert [row["action"] for row in job["rows"]] == ["refused"], job


@pytest.mark.parametrize("place", ["confidential", "known", "refused", "everywhere"])
def test_a_tried_file_that_tells_of_hidden_places_is_kept_for_a_day(
    agency: Agency, directory: Directory, finish: Any, place: str
) -> None:
    if place == "known":
        content = f"{HEADER}\n{row_of(agency.publish(location=SHELTER))}"
    else:
        header = "name,description,kinds of help,languages,serves,place,municipality,address\n"
        town = "Atlantis" if place == "refused" else "AL-shkoder"
        word = "confidential" if place == "refused" else place
        content = f"{header}House,Safe.,emergency-shelter,sq,AL,{word},{town},{STREET}\n"
    job = finish(content, organization_id=agency.organization(), dry_run=True)
    days = (
        datetime.fromisoformat(job["expires_at"]) - datetime.fromisoformat(job["finished_at"])
    ).total_seconds() / 86400
    assert round(days) == (14 if place == "everywhere" else 1), job
    assert job["allowed_actions"] == ["apply", "cancel"]
    assert agency.post(f"/imports/{job['id']}/cancel").json()["state"] == "cancelled"
    assert agency.post(f"/imports/{job['id']}/apply").status_code == 409
    with directory.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM import_piece WHERE import_id = %s", (job["id"],))
        assert kept.scalar_one() == 0

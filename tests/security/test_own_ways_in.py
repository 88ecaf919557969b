"""A hundred shelters that come in as agencies bring them, by the API and by a file: nobody else reads where."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from tests.security.crawler import Crawler
from tests.security.shelters import Shelter, shelters
from tests.security.test_shelters import BEGINNINGS, MAY_HOLD_ADDRESSES, pair_of, told
from tests.support.directory import Agency, listing_body
from tests.support.own_directory import OwnDirectory, own_directory

# Thousands of questions take their time, more so on a machine that has other work.
pytestmark = pytest.mark.timeout(900)

BY_API, BY_FILE = 20, 80
HEADER = ("id", "name", "description", "kinds of help", "languages", "serves", "place", "municipality", "address",
          "postal code")  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A directory with the shelters that one agency brought in, and the ids under which they are there."""

    own: OwnDirectory
    keeper: Agency
    hidden: list[Shelter]
    ids: list[str]
    organization: str
    import_id: str


def location_of(shelter: Shelter) -> dict[str, object]:
    place = shelter.content.location
    return {"kind": "confidential", **vars(place)}


def file_of(hidden: list[Shelter]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(HEADER)
    for shelter in hidden:
        place = location_of(shelter)
        writer.writerow(
            (shelter.id, f"Safe house {shelter.id[:4]}", "A safe place.", "trafficking-shelter", "en", shelter.country,
             "confidential", place["municipality"], shelter.street, shelter.postal_code)
        )  # fmt: skip
    return lines.getvalue()


def by_api(keeper: Agency, organization: str, shelter: Shelter) -> str:
    """Draft, publish, revise and close it, as an officer would."""
    body = listing_body(
        name=f"Safe house {shelter.id[:4]}", taxonomy_terms=["trafficking-shelter"], serves=[shelter.country],
        location=location_of(shelter),
    )  # fmt: skip
    listing = keeper.post("/listings", {**body, "organization_id": organization}).json()
    path = f"/listings/{listing['id']}"
    answers = [keeper.post(f"{path}/publish")]
    body.pop("capacity")
    answers.append(keeper.put(path, body, If_Match=answers[-1].headers["etag"]))
    answers.append(keeper.put(f"{path}/capacity", {"available": 1}, If_Match=answers[-1].headers["etag"]))
    assert [answer.status_code for answer in answers] == [200] * 3
    return str(listing["id"])


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    hidden = shelters()[: BY_API + BY_FILE]
    with own_directory() as own:
        keeper = Agency(own.client, own.issuer).person()
        organization = keeper.organization(name="Keeper of houses")
        ids = [by_api(keeper, organization, shelter) for shelter in hidden[:BY_API]]
        tried = keeper.upload(file_of(hidden[BY_API:]), organization_id=organization, publish=True).json()
        assert own.directory.run_next_import()
        assert keeper.post(f"/imports/{tried['id']}/apply").status_code == 202
        assert own.directory.run_next_import()
        done = keeper.get(f"/imports/{tried['id']}").json()
        assert (done["state"], done["counts"]["created"]) == ("done", BY_FILE), done
        ids += [shelter.id for shelter in hidden[BY_API:]]
        yield Kept(own, keeper, hidden, ids, organization, tried["id"])


def test_nothing_public_tells_an_address_when_it_is_asked_by_post(kept: Kept) -> None:
    ids = {
        "/services/{id}": kept.ids,
        "/service_at_locations/{id}": [pair_of(each) for each in kept.ids],
        "/organizations/{id}": [kept.organization],
    }
    # By GET the lists are asked where a thousand are in; here they are asked by POST.
    wheres = []
    for where, text in (*Crawler(kept.own.client, "POST").texts(), *Crawler(kept.own.client).single(ids)):
        wheres.append(where)
        assert not [marker for marker in told(text, kept.hidden) if marker not in where], where
    assert len(wheres) > 200
    # What is asked by POST is answered, not refused.
    for said in ("hsds-3.0", "hsds-3.1", "within_km", "safe house"):
        assert any(where.startswith("/services ") and said in where and where.endswith(" 200") for where in wheres), (
            said
        )


def test_signed_in_strangers_read_no_address(kept: Kept) -> None:
    stranger = Agency(kept.own.client, kept.own.issuer, scopes="listings:write referrals:read").person()
    own = stranger.publish(name="Safe house", taxonomy_terms=["trafficking-shelter"])
    lists = ["/listings", "/reviews", "/own-organizations", "/imports", "/exports/own?format=csv", "/duplicates",
             "/exports/own?format=ndjson", "/network/services?full=true", "/network/services?search=lane"]  # fmt: skip
    for path in lists:
        answer = stranger.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert not told(answer.text, kept.hidden), path
    for listing_id in (*kept.ids[:5], *kept.ids[-5:]):
        below = ("", "/proposal", "/versions", "/versions/1", "/versions/2", "/diff")
        for path in (*(f"/listings/{listing_id}{part}" for part in below), f"/network/services/{listing_id}"):
            answer = stranger.get(path)
            assert answer.status_code in (404, 400), path
            assert not told(answer.text, kept.hidden), path
    for path in (f"/imports/{kept.import_id}", f"/imports/{kept.import_id}/rows"):
        assert stranger.get(path).status_code == 404
    for place in ("AL-lezhe", "RS-sabac", None):
        body = {"needs": ["trafficking-shelter"], "limit": 50, **({"municipality": place} if place else {})}
        answer = stranger.post("/matches", body)
        assert answer.status_code == 200, answer.text
        assert [*answer.json()["matches"], *answer.json()["nearly"]]
        assert not told(answer.text, kept.hidden)
    assert own["id"] not in kept.ids


def test_the_keepers_lists_and_answers_tell_none_either(kept: Kept) -> None:
    paths = ["/listings?limit=100", "/duplicates", f"/imports/{kept.import_id}", f"/imports/{kept.import_id}/rows"]
    paths += ["/exports/own?format=csv", "/exports/own?format=ndjson"]
    paths += [f"/listings/{kept.ids[0]}/{part}" for part in ("versions", "versions/1", "versions/3", "diff")]
    for path in paths:
        answer = kept.keeper.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert not told(answer.text, kept.hidden), path
    assert told(kept.keeper.get(f"/listings/{kept.ids[0]}").text, kept.hidden)


def holding(connection: Connection) -> dict[str, str]:
    """Return the tables that hold a piece of an address, as text or as bytes, with the first that was found."""
    columns = connection.exec_driver_sql(
        "SELECT table_name, string_agg(column_name, ',') FILTER (WHERE data_type = 'bytea')"
        " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"
    ).all()
    found = {}
    for table, in_bytes in columns:
        # What is bytes is shown with its letters as they are, whatever else is in it.
        shown = ["t::text", *(f"encode({name}, 'escape')" for name in (in_bytes or "").split(",") if name)]
        likely = " OR ".join(f"{text} ILIKE '%%{start}%%'" for text in shown for start in BEGINNINGS)
        both = " || ' ' || ".join(f"coalesce({text}, '')" for text in shown)
        row = connection.exec_driver_sql(f"SELECT {both} FROM {table} t WHERE {likely} LIMIT 1").first()
        if row is not None:
            found[table] = row[0]
    return found


def test_no_table_but_the_two_holds_an_address_and_a_tried_file_goes_when_it_is_given_up(kept: Kept) -> None:
    with kept.own.directory.engine.connect() as connection:
        found = holding(connection)
    assert not {table: text for table, text in found.items() if table not in MAY_HOLD_ADDRESSES}
    assert set(found) == MAY_HOLD_ADDRESSES
    tried = kept.keeper.upload(file_of(kept.hidden[:3]), organization_id=kept.organization).json()
    assert kept.own.directory.run_next_import()
    with kept.own.directory.engine.connect() as connection:
        assert set(holding(connection)) == MAY_HOLD_ADDRESSES | {"import_piece"}
    assert kept.keeper.post(f"/imports/{tried['id']}/cancel").status_code == 200
    with kept.own.directory.engine.connect() as connection:
        assert set(holding(connection)) == MAY_HOLD_ADDRESSES

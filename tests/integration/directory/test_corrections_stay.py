"""What was corrected by hand stays for as long as a file says what it said the last time, and the report says so."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, place, service
from tests.support.imports import codes_of, imported

HEADER = "reference,name,description,kinds of help,languages,serves,municipality,address,phone,opening hours,email"
ROW = "r1,Agimi,Talks.,psychosocial-support,sq,AL-tirane,AL-tirane,Rruga 1,111 111,MO-FR 08:00-16:00,a@example.org"
CORRECTED = "corrected_since"


def corrected(agency: Agency, listing_id: str, **changes: Any) -> dict[str, Any]:
    """Change a listing by hand; what is None is taken out."""
    before = agency.get(f"/listings/{listing_id}").json()
    read_only = (
        "id", "organization_id", "organization_name", "status", "version", "capacity", "confirmed_at", "confirm_by",
        "stage", "review", "allowed_actions", "service_status", "closing", "created_at", "last_modified",
    )  # fmt: skip
    body = {name: value for name, value in before.items() if name not in read_only} | changes
    body = {name: value for name, value in body.items() if value is not None}
    answer = agency.put(f"/listings/{listing_id}", body, If_Match=f'"{before["version"]}"')
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


class Table:
    """A simple file of one service, imported again and again."""

    def __init__(self, agency: Agency, directory: Directory) -> None:
        self.agency, self.directory, self.owner = agency, directory, agency.organization()

    def send(self, row: str = ROW, header: str = HEADER, **parameters: Any) -> dict[str, Any]:
        wanted = {"organization_id": self.owner, "publish": True, **parameters}
        return imported(self.directory, self.agency, f"{header}\n{row}\n", **wanted)

    def listing(self, job: dict[str, Any]) -> dict[str, Any]:
        return dict(self.agency.get(f"/listings/{job['rows'][0]['id']}").json())


@pytest.fixture
def table(agency: Agency, directory: Directory) -> Table:
    return Table(agency, directory)


def test_the_same_table_again_undoes_no_correction(table: Table) -> None:
    first = table.send()
    hours = [{"byday": "MO", "opens_at": "09:00", "closes_at": "12:00"}]
    after = corrected(table.agency, first["rows"][0]["id"], phone="999 999", schedule=hours)
    again = table.send()
    assert again["rows"][0]["action"] == "unchanged"
    assert sorted(codes_of(again)) == [("phone", CORRECTED), ("schedule", CORRECTED)]
    assert again["rows"][0]["errors"][0]["header"] in ("phone", "opening hours")
    assert table.listing(again) == after


def test_what_a_table_changes_is_taken_and_the_rest_stays_corrected(table: Table) -> None:
    first = table.send()
    corrected(table.agency, first["rows"][0]["id"], phone="999 999", email="new@example.org")
    for expected in ("updated", "unchanged"):
        again = table.send(ROW.replace("Talks.", "Talks and games.").replace("a@example", "b@example"))
        assert again["rows"][0]["action"] == expected
        said = table.listing(again)
        assert (said["description"], said["email"]) == ("Talks and games.", "b@example.org")
        assert (said["phone"], codes_of(again)) == ("999 999", [("phone", CORRECTED)])


def test_a_trial_says_it_and_counts_as_no_word(table: Table) -> None:
    first = table.send()
    corrected(table.agency, first["rows"][0]["id"], phone="999 999")
    changed = ROW.replace("111 111", "222 222")
    assert codes_of(table.send(dry_run=True)) == [("phone", CORRECTED)]
    assert codes_of(table.send(changed, dry_run=True)) == []
    assert table.listing(table.send(changed))["phone"] == "222 222"


def test_an_address_is_one_word_of_a_table(table: Table) -> None:
    first = table.send()
    place = {"kind": "physical", "municipality": "AL-durres", "address_1": "Rruga 9"}
    corrected(table.agency, first["rows"][0]["id"], location=place)
    assert table.listing(table.send())["location"] == place
    moved = table.listing(table.send(ROW.replace("Rruga 1", "Rruga 2")))["location"]
    assert (moved["municipality"], moved["address_1"]) == ("AL-tirane", "Rruga 2")


def test_a_confidential_address_that_was_corrected_stays_and_stands_in_no_word(table: Table) -> None:
    header, row = f"{HEADER},place", f"{ROW},confidential".replace("Rruga 1", "Rruga Sekrete 5")
    first = table.send(row, header)
    place = {"kind": "confidential", "municipality": "AL-tirane", "address_1": "Rruga Sekrete 7"}
    corrected(table.agency, first["rows"][0]["id"], location=place)
    assert table.listing(table.send(row, header))["location"] == place
    with table.directory.engine.connect() as connection:
        words = connection.execute(text("SELECT words::text FROM last_word")).scalars()
        assert not any("Sekrete" in each for each in words)


def test_another_agencys_table_says_what_it_says_for_the_first_time(
    table: Table, other_agency: Agency, directory: Directory
) -> None:
    first = table.send()
    corrected(table.agency, first["rows"][0]["id"], phone="999 999")
    with directory.engine.begin() as connection:
        change = text("UPDATE organization SET agency_id = :agency WHERE id = :id")
        connection.execute(change, {"agency": other_agency.id, "id": table.owner})
    table.agency.waive_review(table.owner)
    theirs = Table(other_agency, directory)
    assert theirs.listing(theirs.send(organization_id=table.owner))["phone"] == "111 111"


class Feed:
    """One service of HSDS with its organization, imported again and again."""

    def __init__(self, agency: Agency, directory: Directory) -> None:
        self.agency, self.directory = agency, directory
        self.id, self.owner = str(uuid.uuid4()), str(uuid.uuid4())
        self.about = {"name": "Qendra", "description": "A centre.", "email": "a@example.org"}

    def send(self, *left_out: str, **said: Any) -> dict[str, Any]:
        document = {
            "id": self.id, "name": "Agimi", "description": "Talks.", "status": "active", "email": "a@example.org",
            "organization": {"id": self.owner, **self.about},
            "attributes": [{"id": self.id, "taxonomy_term": {
                "id": self.id, "code": "own-kind", "name": "Own kind", "description": "Of the feed.",
            }}],
            "service_areas": [{"id": self.id, "extent": "AL-tirane"}],
            "phones": [{"id": self.id, "number": "111 111"}],
            "licenses": "L1",
            **said,
        }  # fmt: skip
        content = json.dumps({name: value for name, value in document.items() if name not in left_out})
        wanted = {"format": "ndjson", "publish": True, "country": "AL"}
        return imported(self.directory, self.agency, content, **wanted)

    def listing(self) -> dict[str, Any]:
        return dict(self.agency.get(f"/listings/{self.id}").json())

    def public(self) -> dict[str, Any]:
        return dict(self.agency.client.get(f"/services/{self.id}").json())


@pytest.fixture
def feed(agency: Agency, directory: Directory) -> Feed:
    return Feed(agency, directory)


BY_HAND: dict[str, Any] = {
    "phone": "999 999",
    "taxonomy_terms": ["psychosocial-support"],
    "minimum_age": 6,
    "languages": ["sq"],
    "alert": "Ring twice.",
    "serves": ["AL-durres"],
}


def test_the_same_feed_again_undoes_no_correction_and_empties_nothing_it_never_spoke_of(feed: Feed) -> None:
    feed.send()
    after = corrected(feed.agency, feed.id, **BY_HAND)
    again = feed.send()
    assert {row["kind"]: row["action"] for row in again["rows"]} == {
        "organization": "unchanged",
        "service": "unchanged",
    }
    assert feed.listing() == after
    said = sorted(codes_of(again))
    assert said == [("attributes", CORRECTED), ("phones", CORRECTED), ("service_areas", CORRECTED)]


def test_what_a_feed_changes_is_taken_and_the_rest_stays_corrected(feed: Feed) -> None:
    feed.send()
    corrected(feed.agency, feed.id, **BY_HAND)
    further = [{"id": str(uuid.uuid4()), "taxonomy_term": {
        "id": str(uuid.uuid4()), "code": "other-kind", "name": "Other kind", "description": "Of the feed.",
    }}]  # fmt: skip
    feed.send(description="Talks and games.", attributes=further)
    assert {name: feed.listing()[name] for name in BY_HAND} == BY_HAND
    assert feed.listing()["description"] == "Talks and games."
    feed.send(phones=[{"id": feed.id, "number": "222 222"}])
    assert feed.listing()["phone"] == "222 222"


def test_what_a_feed_takes_back_is_gone(feed: Feed) -> None:
    feed.send()
    feed.send("email", "licenses")
    assert "email" not in feed.listing()
    assert "licenses" not in feed.public()


def test_what_was_written_here_is_not_emptied_by_the_first_word_of_a_feed(feed: Feed) -> None:
    owner = feed.agency.organization()
    listing = feed.agency.publish(organization_id=owner, alert="Ring twice.", phone="999 999")
    document = {"id": listing["id"], "organization_id": owner, "name": "Renamed", "status": "active"}
    imported(feed.directory, feed.agency, json.dumps(document), format="ndjson", publish=True)
    now = feed.agency.get(f"/listings/{listing['id']}").json()
    assert (now["name"], now["alert"], now["phone"]) == ("Renamed", "Ring twice.", "999 999")
    assert {name: now[name] for name in ("taxonomy_terms", "serves", "location", "minimum_age")} == {
        name: listing[name] for name in ("taxonomy_terms", "serves", "location", "minimum_age")
    }


def test_a_feed_leaves_what_was_corrected_of_an_organization(feed: Feed) -> None:
    feed.send()
    path = f"/own-organizations/{feed.owner}"
    before = feed.agency.get(path)
    body = {name: value for name, value in before.json().items() if name in ("name", "description", "phone", "website")}
    body |= {"description": "By hand.", "email": "hand@example.org"}
    assert feed.agency.put(path, body, If_Match=before.headers["ETag"]).status_code == 200
    again = feed.send()
    now = feed.agency.get(path).json()
    assert (now["description"], now["email"]) == ("By hand.", "hand@example.org")
    assert sorted(codes_of(again)) == [("description", CORRECTED), ("email", CORRECTED)]
    feed.about["email"] = "b@example.org"
    feed.send()
    now = feed.agency.get(path).json()
    assert (now["description"], now["email"]) == ("By hand.", "b@example.org")


def test_a_list_of_services_at_places_undoes_no_correction(agency: Agency, directory: Directory) -> None:
    told = service(f"Places {a_word()}", [place("AL-tirane"), place("AL-shkoder")])
    own = {name: value for name, value in told.items() if name != "service_at_locations"}
    rows = [{**each, "service": own} for each in told["service_at_locations"]]

    def send() -> dict[str, Any]:
        content = "\n".join(map(json.dumps, rows))
        return imported(directory, agency, content, format="ndjson", country="AL", publish=True)

    assert codes_of(send()) == []
    by_hand = {"taxonomy_terms": ["psychosocial-support"], "languages": ["sq"], "serves": ["AL-tirane"]}
    after = corrected(agency, told["id"], description="By hand.", phone="999 999", **by_hand)
    again = send()
    assert ("description", CORRECTED) in codes_of(again)
    assert agency.get(f"/listings/{told['id']}").json() == after

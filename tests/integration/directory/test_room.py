"""Who has room: a number of free places that was said lately; what nobody knows is no free place, and no full house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.testing.fakes import FakeClock
from services.directory.bootstrap import Directory
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency
from tests.support.feeds import a_word
from tests.support.imports import imported
from tests.support.tokens import TokenIssuer


@pytest.fixture(scope="module")
def fortnight_later(settings: DirectorySettings, directory: Directory, issuer: TokenIssuer) -> Iterator[Any]:
    """The same directory when more than 14 days have passed, in which nobody wrote anything."""
    later = FakeClock(directory.clock.now() + timedelta(days=14, hours=1))
    app = create_app(settings, replace(directory, clock=later), verifier=issuer.verifier())
    with app.test_client() as client:
        yield client


@pytest.fixture
def word(agency: Agency) -> str:
    """A word that is in the names of services with all kinds of room."""
    word, owner = a_word(), agency.organization()
    unlinked = agency.organization(linked=False)
    for name, said in {
        "A unknown": {"capacity": None},
        "B full": {"capacity": {"available": 0, "maximum": 5}},
        "C one": {"capacity": {"available": 1}},
        "D nine": {"capacity": {"available": 9}},
        "E takes none": {"capacity": {"available": 7}, "accepts_referrals": False},
        "F no agency": {"capacity": {"available": 8}, "organization_id": unlinked},
        "G closed": {"capacity": {"available": 6}},
    }.items():
        listing = agency.publish(**{"organization_id": owner, "name": f"{name} {word}", **said})
        if "closed" in name:
            answer = agency.post(f"/listings/{listing['id']}/close", {"reason": "holidays"})
            assert answer.status_code == 200, answer.text
    return word


def page(client: Any, word: str, **asked: Any) -> dict[str, Any]:
    answer = client.get("/services", params={"search": word, **asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(client: Any, word: str, **asked: Any) -> list[str]:
    return [entry["name"].removesuffix(f" {word}") for entry in page(client, word, **asked)["contents"]]


def test_room_is_a_free_place_that_is_known_of(client: Any, word: str) -> None:
    assert names(client, word, accepts="true", sort="name") == ["C one", "D nine", "E takes none", "F no agency"]
    assert names(client, word, accepts="false", sort="name") == ["A unknown", "B full", "G closed"]


def test_a_number_grows_old_by_itself(fortnight_later: Any, word: str) -> None:
    assert names(fortnight_later, word, accepts="true") == []
    assert len(names(fortnight_later, word, accepts="false")) == 7
    counted = page(fortnight_later, word, facets="accepts")["facets"]["accepts"]
    assert counted == [{"value": "false", "count": 7}]


@pytest.mark.parametrize("path", ["/services", "/service_at_locations"])
def test_as_many_are_counted_as_are_found(client: Any, word: str, path: str) -> None:
    counted = client.post(path, json={"search": word, "facets": ["accepts"]}).json()["facets"]["accepts"]
    assert counted == [{"value": "true", "count": 4}, {"value": "false", "count": 3}]
    for choice in counted:
        found = client.get(path, params={"search": word, "accepts": choice["value"], "facets": "accepts"}).json()
        assert (found["total_items"], found["facets"]["accepts"]) == (choice["count"], counted)


def test_free_comes_before_unknown_and_full_comes_last(client: Any, fortnight_later: Any, word: str) -> None:
    known = names(client, word, sort="capacity")
    assert known == ["D nine", "F no agency", "E takes none", "C one", "A unknown", "G closed", "B full"]
    old = names(fortnight_later, word, sort="capacity")
    assert old == ["A unknown", "C one", "D nine", "E takes none", "F no agency", "B full", "G closed"]


NEED = {"needs": ["psychosocial-support"], "municipality": "AL-has"}


@dataclass
class Asked:
    """A service with two of nine beds free, asked by another agency whether it has room."""

    asker: Agency
    keeper: Agency
    word: str
    id: str

    def answers(self, **said: Any) -> None:
        """Send an enquiry and answer it."""
        sent = self.asker.post("/capacity-enquiries", {"need": NEED, "service_ids": [self.id]})
        path = f"/capacity-enquiries/{sent.json()['id']}/answers/{self.id}"
        answered = self.keeper.put(path, said, If_Match='"1"')
        assert answered.status_code == 200, answered.text

    def reports(self, **said: Any) -> None:
        """Say a number at the listing itself."""
        seen = self.keeper.get(f"/listings/{self.id}").headers["ETag"]
        assert self.keeper.put(f"/listings/{self.id}/capacity", said, If_Match=seen).status_code == 200

    def listed(self) -> tuple[int, list[int]]:
        """Return how many are found by accepts, and the free places that the service shows to everybody."""
        capacities = self.asker.client.get(f"/services/{self.id}").json().get("capacities", [])
        found = page(self.asker.client, self.word, accepts="true")["total_items"]
        return found, [capacity["available"] for capacity in capacities]

    def matched(self) -> set[str]:
        """Return what matching says of its room, whether it fits or nearly does."""
        found = self.asker.post("/matches", NEED).json()
        of_it = [match for kind in ("matches", "nearly") for match in found[kind] if match["service"]["id"] == self.id]
        codes = {reason["code"] for match in of_it for reason in (*match["reasons"], *match.get("missing", ()))}
        return codes & {"place_free", "full", "capacity_unknown", "capacity_stale"}


@pytest.fixture
def asked(client: Any, issuer: TokenIssuer) -> Asked:
    asker, keeper = (Agency(client, issuer, scopes="referrals:read referrals:write listings:write") for _ in range(2))
    word = a_word()
    two_of_nine = {"available": 2, "maximum": 9, "unit": "beds"}
    return Asked(
        asker, keeper, word, keeper.publish(name=f"Asked {word}", serves=["AL-has"], capacity=two_of_nine)["id"]
    )


@pytest.mark.parametrize("answer", ["no-capacity", "waitlist"])
def test_who_answers_that_there_is_no_room_is_not_offered_as_free(asked: Asked, answer: str) -> None:
    asked.answers(answer=answer)
    assert asked.listed() == (0, [0])
    assert asked.matched() == {"full"}


def test_a_number_ends_what_was_answered(asked: Asked) -> None:
    asked.answers(answer="no-capacity")
    seen = asked.keeper.get(f"/listings/{asked.id}").json()["capacity"]
    assert (seen["available"], seen["maximum"], seen["unit"], seen["is_from_answer"]) == (0, 9, "beds", True)
    asked.reports(available=3, maximum=9, unit="beds")
    assert "is_from_answer" not in asked.keeper.get(f"/listings/{asked.id}").json()["capacity"]
    assert asked.listed() == (1, [3])
    assert asked.matched() == {"place_free"}


def test_who_answers_that_there_is_room_after_all_has_the_places_said_before(asked: Asked) -> None:
    asked.answers(answer="no-capacity")
    asked.answers(answer="capacity")
    assert asked.listed() == (1, [2])


def test_who_answers_that_there_is_room_has_one_place_at_least(asked: Asked) -> None:
    asked.reports(available=0, unit="beds")
    asked.answers(answer="capacity")
    assert asked.listed() == (1, [1])
    assert asked.matched() == {"place_free"}


def test_who_must_know_more_first_says_nothing_of_room(asked: Asked) -> None:
    asked.answers(answer="additional-assessment-required")
    assert asked.listed() == (1, [2])


def test_an_export_from_before_the_answer_does_not_bring_the_places_back(directory: Directory, asked: Asked) -> None:
    before = asked.keeper.get("/exports/own?format=ndjson").text
    asked.answers(answer="no-capacity")
    job = imported(directory, asked.keeper, before, format="ndjson", publish=True)
    taken = {row["action"] for row in job["rows"] if row["kind"] == "service"}
    assert (taken, asked.listed()) == ({"unchanged"}, (0, [0]))

"""Who has room: a number of free places that was said lately; what nobody knows is no free place, and no full house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.testing.fakes import FakeClock
from services.directory.bootstrap import Directory
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency
from tests.support.feeds import a_word
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
    assert names(client, word, accepts="true", sort="name") == ["C one", "D nine"]
    others = ["A unknown", "B full", "E takes none", "F no agency", "G closed"]
    assert names(client, word, accepts="false", sort="name") == others


def test_a_number_grows_old_by_itself(fortnight_later: Any, word: str) -> None:
    assert names(fortnight_later, word, accepts="true") == []
    assert len(names(fortnight_later, word, accepts="false")) == 7
    counted = page(fortnight_later, word, facets="accepts")["facets"]["accepts"]
    assert counted == [{"value": "false", "count": 7}]


@pytest.mark.parametrize("path", ["/services", "/service_at_locations"])
def test_as_many_are_counted_as_are_found(client: Any, word: str, path: str) -> None:
    counted = client.post(path, json={"search": word, "facets": ["accepts"]}).json()["facets"]["accepts"]
    assert counted == [{"value": "false", "count": 5}, {"value": "true", "count": 2}]
    for choice in counted:
        found = client.get(path, params={"search": word, "accepts": choice["value"], "facets": "accepts"}).json()
        assert (found["total_items"], found["facets"]["accepts"]) == (choice["count"], counted)


def test_free_comes_before_unknown_and_full_comes_last(client: Any, fortnight_later: Any, word: str) -> None:
    known = names(client, word, sort="capacity")
    assert known == ["D nine", "C one", "F no agency", "E takes none", "A unknown", "G closed", "B full"]
    old = names(fortnight_later, word, sort="capacity")
    assert old == ["A unknown", "C one", "D nine", "E takes none", "F no agency", "B full", "G closed"]

"""A place of a service may serve areas of its own; where it says none, or none that is known, its service's count."""

from __future__ import annotations

from typing import Any

from services.directory.bootstrap import Directory
from tests.integration.directory.test_match_places import codes, hidden_afterwards, match_of
from tests.integration.directory.test_several_places import ids
from tests.support.directory import Agency
from tests.support.feeds import a_word, area, new_id, offering, place, published, receiving, service

TERM = "child-psychiatry"


def test_areas_of_a_place_that_is_hidden_afterwards_find_nothing(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word = a_word()
    places = [place("AL-tirane", service_areas=[area("AL-kukes")]), place("AL-tirane")]
    told = service(word, places, attributes=offering(TERM))
    published(directory, agency, told)
    assert ids(client, "/services", serves="AL-kukes", search=word) == [told["id"]]
    hidden_afterwards(agency, told)
    assert ids(client, "/services", serves="AL-kukes", search=word) == []
    assert ids(client, "/services", available_to="AL-kukes", search=word) == []


def test_a_place_that_serves_areas_of_its_own_serves_those_alone(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word = a_word()
    own, kept = place("AL-tirane", service_areas=[area("AL-durres")]), place("AL-shkoder")
    told = service(word, [own, kept], service_areas=[area("AL-shkoder"), area("AL-kukes")])
    open_to_all = service(f"Open {word}", [place("AL-tirane", service_areas=[area("AL-durres")]), place("AL-tirane")])
    alone = service(f"Alone {word}", [place("AL-tirane", service_areas=[area("AL-kukes")])])
    published(directory, agency, told, open_to_all, alone)
    closed, free = open_to_all["service_at_locations"]
    (only,) = alone["service_at_locations"]
    expected = {
        "AL-durres": [(told, own), (open_to_all, closed)],
        "AL-kukes": [(told, kept), (alone, only)],
        "AL-shkoder": [(told, kept)],
        "AL-tirane": [],
    }
    for code, found in expected.items():
        asked = {"serves": code, "search": word, "sort": "name"}
        assert sorted(ids(client, "/services", **asked)) == sorted(its["id"] for its, _ in found), code
        assert sorted(ids(client, "/service_at_locations", **asked)) == sorted(at["id"] for _, at in found), code
    # Whoever lives in Tirana can go where no area is named.
    asked = {"available_to": "AL-tirane", "search": word}
    assert ids(client, "/services", **asked) == [open_to_all["id"]]
    assert ids(client, "/service_at_locations", **asked) == [free["id"]]
    # In words, areas are those of all places.
    assert set(ids(client, "/services", search=f"{word} durres")) >= {told["id"], open_to_all["id"]}


def test_areas_of_a_place_that_are_not_known_here_leave_it_its_services(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word = a_word()
    somewhere = {"id": new_id(), "name": "Around the old bridge"}
    told = service(word, [place("AL-tirane", service_areas=[somewhere])], service_areas=[area("AL-kukes")])
    published(directory, agency, told)
    assert ids(client, "/services", serves="AL-kukes", search=word) == [told["id"]]
    full = client.get(f"/services/{told['id']}").json()["service_at_locations"][0]
    assert full["service_areas"] == [somewhere]


def test_matching_asks_of_each_place_whom_it_serves(agency: Agency, caseworker: Agency, directory: Directory) -> None:
    near, far = place("AL-tirane", service_areas=[area("AL-durres")]), place("AL-durres")
    told = service(a_word(), [near, far], service_areas=[area("AL-tirane")], attributes=offering(TERM))
    published(directory, agency, told)
    receiving(directory, agency)
    asked = {"needs": [TERM], "limit": 50, "municipality": "AL-tirane"}
    kind, match = match_of(caseworker, asked, told["id"])
    assert (kind, match["service_at_location"]["id"]) == ("matches", far["id"])
    kind, match = match_of(caseworker, {**asked, "within_km": 10}, told["id"])
    assert (kind, match["service_at_location"]["id"], codes(match["missing"])) == ("nearly", near["id"], ["serves"])

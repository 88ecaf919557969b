"""What organizations say in other languages: who may write it, who reads it, how it is marked and found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, service
from tests.support.imports import codes_of, imported

SAID = {"name": "Qendra Agimi", "description": "Për fëmijë.", "source_language": "sq"}
EN = {"language": "en", "field": "name", "text": "Agimi Centre"}
DESCRIPTION = {"language": "en", "field": "description", "text": "For children."}
MACHINE = {"language": "sr-Cyrl", "field": "description", "text": "За децу.", "origin": "machine"}
ALL = [EN, DESCRIPTION, MACHINE]


def path_of(organization_id: str) -> str:
    return f"/own-organizations/{organization_id}"


def put(agency: Agency, organization_id: str, **said: Any) -> Any:
    path = path_of(organization_id)
    return agency.put(path, SAID | said, If_Match=agency.get(path).headers["ETag"])


def read(agency: Agency, path: str, language: str) -> Any:
    return agency.request("GET", path, Accept_Language=language)


def texts_of(shown: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(entry["language"], entry["field"], entry["text"]) for entry in shown.get("translations", [])]


@pytest.fixture
def owner(agency: Agency) -> str:
    return agency.organization(**SAID, translations=ALL)


@pytest.fixture
def listing(agency: Agency, owner: str) -> dict[str, Any]:
    return agency.publish(organization_id=owner)


def test_others_and_delegates_translate_nothing(agency: Agency, other_agency: Agency, owner: str) -> None:
    seen = agency.get(path_of(owner)).headers["ETag"]
    body = SAID | {"translations": [EN | {"text": "Taken over"}]}
    assert other_agency.put(path_of(owner), body, If_Match=seen).status_code == 404
    agency.post("/delegations", {"to_agency_id": other_agency.id, "organization_ids": [owner]})
    assert other_agency.put(path_of(owner), body, If_Match=seen).status_code == 404
    assert texts_of(agency.get(path_of(owner)).json())[0] == ("en", "name", "Agimi Centre")


def test_it_is_translated_only_as_it_was_seen(agency: Agency, owner: str) -> None:
    seen = agency.get(path_of(owner)).headers["ETag"]
    assert put(agency, owner, translations=[EN]).headers["ETag"] != seen
    assert agency.put(path_of(owner), SAID | {"translations": []}, If_Match=seen).status_code == 412


def test_where_a_second_person_looks_translations_wait_for_him(agency: Agency, owner: str) -> None:
    seen = agency.get(path_of(owner)).headers["ETag"]
    assert agency.put(f"/organizations/{owner}/review", {"review": "required"}, If_Match=seen).status_code == 200
    for changed in ([], [EN, DESCRIPTION, MACHINE | {"text": "За све."}], [*ALL, EN | {"language": "ro"}]):
        answer = put(agency, owner, translations=changed).json()
        assert (answer["stage"], texts_of(answer)) == ("revised", texts_of({"translations": ALL}))
        proposed = agency.get(f"{path_of(owner)}/proposal").json()["content"]
        assert texts_of(proposed) == texts_of({"translations": changed})
    assert put(agency, owner, translations=ALL, source_language="cnr").json()["source_language"] == "sq"
    answer = put(agency, owner, translations=ALL, phone="116 111")
    assert (answer.json()["stage"], answer.json()["phone"]) == ("published", "116 111")


@pytest.mark.parametrize(
    "translations",
    [
        [EN, EN | {"text": "Other"}], [EN | {"language": "sq"}], [EN | {"field": "alert"}], [EN | {"text": " "}],
        [EN | {"origin": "angel"}], [EN | {"language": "English"}], [{"language": "en", "field": "name"}],
    ],
    ids=str,
)  # fmt: skip
def test_a_translation_that_cannot_be_is_refused(agency: Agency, owner: str, translations: list[Any]) -> None:
    assert put(agency, owner, translations=translations).status_code in (400, 422)
    body = SAID | {"country": "AL", "translations": translations}
    assert agency.post("/own-organizations", body).status_code in (400, 422)


def test_a_translation_says_who_wrote_it_when_and_from_what(agency: Agency, owner: str) -> None:
    found = agency.get(path_of(owner)).json()
    assert found["source_language"] == "sq"
    assert [(entry["origin"], entry["source_language"], entry["outdated"]) for entry in found["translations"]] == [
        ("human", "sq", False), ("human", "sq", False), ("machine", "sq", False),
    ]  # fmt: skip
    assert all(entry["at"] for entry in found["translations"])
    assert put(agency, owner, translations=found["translations"]).json() == found


def test_rewriting_a_text_marks_its_translations_until_somebody_says_that_they_hold(
    agency: Agency, owner: str, listing: dict[str, Any]
) -> None:
    known = agency.get(path_of(owner)).json()["translations"]
    rewritten = put(agency, owner, description="Për familje.", translations=known).json()["translations"]
    assert [entry["outdated"] for entry in rewritten] == [False, True, True]
    translated = read(agency, f"/organizations/{owner}", "en").json()["translated"]
    assert translated["description"] == {"language": "en", "origin": "human", "outdated": True}
    assert "outdated" not in translated["name"]
    right = [entry | {"outdated": False} for entry in rewritten]
    again = put(agency, owner, description="Për familje.", translations=right).json()["translations"]
    assert [entry["outdated"] for entry in again] == [False, False, False]
    assert [entry["at"] for entry in again] == [entry["at"] for entry in known]


def test_who_asks_for_no_language_or_for_one_that_there_is_not_reads_the_original(
    agency: Agency, owner: str, listing: dict[str, Any]
) -> None:
    for language in ("*", "bg", "sq"):
        found = read(agency, f"/organizations/{owner}", language).json()
        assert (found["name"], found["description"]) == (SAID["name"], SAID["description"])
        assert not {"translated", "official_name"} & found.keys()
    assert texts_of(agency.get(f"/organizations/{owner}").json()) == [
        (entry["language"], entry["field"], entry["text"]) for entry in ALL
    ]


def test_the_official_name_stands_beside_the_one_in_the_readers_language(
    agency: Agency, owner: str, listing: dict[str, Any]
) -> None:
    answer = read(agency, f"/organizations/{owner}", "en-GB, sq;q=0.5")
    found = answer.json()
    assert (found["name"], found["official_name"]) == ("Agimi Centre", "Qendra Agimi")
    assert found["description"] == "For children."
    assert found["translated"] == {
        "name": {"language": "en", "origin": "human"}, "description": {"language": "en", "origin": "human"},
    }  # fmt: skip
    assert "en" in answer.headers["Content-Language"].split(", ")
    assert "Accept-Language" in answer.headers["Vary"]
    turned = read(agency, f"/organizations/{owner}", "sr-Latn").json()
    assert (turned["name"], turned["description"]) == ("Qendra Agimi", "Za decu.")
    assert turned["translated"] == {"description": {"language": "sr-Latn", "origin": "machine"}}
    assert "official_name" not in turned


def test_what_holds_an_organization_tells_it_in_the_language(
    agency: Agency, owner: str, listing: dict[str, Any]
) -> None:
    in_full = read(agency, f"/services/{listing['id']}", "en").json()
    lists = read(agency, f"/services?organization_id={owner}", "en").json()["contents"]
    organizations = read(agency, f"/organizations?organization_id={owner}", "en").json()["contents"]
    place_id = in_full["service_at_locations"][0]["id"]
    place = read(agency, f"/service_at_locations/{place_id}", "en").json()
    nested = read(agency, f"/organizations/{owner}?full_service=true", "en").json()
    holding = (in_full, lists[0], place["service"])
    for found in (*(each["organization"] for each in holding), organizations[0], nested):
        assert (found["name"], found["official_name"]) == ("Agimi Centre", "Qendra Agimi")
        assert found["translated"]["name"] == {"language": "en", "origin": "human"}


def test_plain_hsds_is_told_in_the_language_without_our_marks(
    agency: Agency, owner: str, listing: dict[str, Any]
) -> None:
    found = read(agency, f"/organizations/{owner}?profile=hsds-3.1", "en").json()
    assert found["name"] == "Agimi Centre"
    assert not {"translated", "translations", "official_name", "source_language"} & found.keys()


def test_one_that_the_public_does_not_know_is_told_in_no_language(agency: Agency, owner: str) -> None:
    assert read(agency, f"/organizations/{owner}", "en").status_code == 404
    called = a_word()
    assert put(agency, owner, translations=[EN | {"text": called}]).status_code == 200
    assert agency.get(f"/organizations?search={called}").json()["contents"] == []


def test_matching_names_it_in_the_language(agency: Agency, caseworker: Agency, owner: str) -> None:
    listing = agency.publish(organization_id=owner, taxonomy_terms=["peer-support"], tier="network")
    asked = {"needs": ["peer-support"], "limit": 50}

    def told(**headers: str) -> dict[str, Any]:
        answer = caseworker.post("/matches", asked, **headers).json()
        (service,) = [
            entry["service"]
            for entry in answer["matches"] + answer["nearly"]
            if entry["service"]["id"] == listing["id"]
        ]
        return service

    assert told()["organization_name"] == "Qendra Agimi"
    in_english = told(Accept_Language="en")
    assert in_english["organization_name"] == "Agimi Centre"
    assert in_english["translated"]["organization_name"] == {"language": "en", "origin": "human"}


def test_it_is_found_by_what_it_is_called_and_by_what_it_says_in_every_language(agency: Agency) -> None:
    called, described = a_word(), a_word()
    translations = [EN | {"text": f"Centre {called}"}, DESCRIPTION | {"text": f"For {described}."}]
    owner = agency.organization(**SAID, translations=translations)
    listing = agency.publish(organization_id=owner)

    def found(path: str, word: str) -> list[str]:
        return [entry["id"] for entry in agency.get(f"{path}?search={word}").json()["contents"]]

    assert found("/organizations", called) == found("/organizations", described) == [owner]
    assert found("/services", called) == [listing["id"]]
    assert put(agency, owner, translations=[]).status_code == 200
    assert found("/organizations", called) == found("/organizations", described) == found("/services", called) == []


def test_the_history_tells_of_translations_to_the_keepers_alone(
    agency: Agency, owner: str, listing: dict[str, Any]
) -> None:
    put(agency, owner, translations=[EN])
    put(agency, owner, translations=[EN])
    newest = agency.get(f"{path_of(owner)}/versions").json()["items"]
    assert [entry["number"] for entry in newest] == [2, 1]
    (change,) = agency.get(f"{path_of(owner)}/diff").json()["changes"]
    assert change["field"] == "translations"
    assert texts_of({"translations": change["old"]}) == texts_of({"translations": ALL})
    assert texts_of({"translations": change["new"]}) == texts_of({"translations": [EN]})
    assert texts_of(agency.get(f"{path_of(owner)}/versions/1").json()["content"]) == texts_of({"translations": ALL})
    assert "metadata" not in agency.get(f"/organizations/{owner}").json()


def test_a_merge_takes_them_where_that_is_asked_for(agency: Agency, owner: str) -> None:
    plain = agency.organization(name="Qendra Agimi 2", description="Për fëmijë.")

    def side(organization_id: str) -> dict[str, str]:
        return {"id": organization_id, "version": agency.get(path_of(organization_id)).json()["version"]}

    body = {"kind": "organization", "keep": side(plain), "fold": side(owner), "take": ["translations"]}
    answer = agency.post("/merges", body)
    assert answer.status_code == 201, answer.text
    merged = agency.get(path_of(plain)).json()
    assert (merged["name"], merged["source_language"]) == ("Qendra Agimi 2", "sq")
    assert texts_of(merged) == texts_of({"translations": ALL})


def test_a_feed_that_says_nothing_of_languages_leaves_them_and_marks_what_it_rewrote(
    agency: Agency, directory: Directory
) -> None:
    told = service("Feed")
    owner = told["organization"]
    owner_id = owner["id"]
    assert codes_of(imported(directory, agency, json.dumps(told), format="ndjson", country="AL")) == []
    known = {"name": owner["name"], "description": owner["description"], "translations": [EN, DESCRIPTION]}
    path = path_of(owner_id)
    assert agency.put(path, known, If_Match=agency.get(path).headers["ETag"]).status_code == 200
    told = told | {"organization": owner | {"name": "Called otherwise"}}
    assert codes_of(imported(directory, agency, json.dumps(told), format="ndjson", country="AL")) == []
    found = agency.get(path).json()
    assert found["name"] == "Called otherwise"
    assert [(entry["field"], entry["outdated"]) for entry in found["translations"]] == [
        ("name", True), ("description", False),
    ]  # fmt: skip
    again = imported(directory, agency, json.dumps(told), format="ndjson", country="AL")
    assert {row["action"] for row in again["rows"]} == {"unchanged"}

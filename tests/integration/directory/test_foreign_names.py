"""A town is found by what others call it and shown by its own names; a town elsewhere is not guessed to be one here."""

from __future__ import annotations

from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.import_runs import HEADER, actions_of, imported, row


def places(client: Any, search: str, **asked: Any) -> list[str]:
    answer = client.get("/municipalities", params={"search": search, **asked})
    return [place["code"] for place in answer.json()["items"]]


def services(client: Any, search: str) -> dict[str, Any]:
    answer = client.get("/services", params={"search": search, "per_page": 100})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def at(code: str, **changes: Any) -> dict[str, Any]:
    return {"serves": [code], "location": {"kind": "physical", "municipality": code}, **changes}


@pytest.mark.parametrize("language", ["bs", "cnr", "sr-Latn", "tr", "mk"])
def test_what_others_call_a_place_is_never_shown(client: Any, language: str) -> None:
    answer = client.get("/municipalities?search=Skadar", headers={"Accept-Language": language})
    (place,) = answer.json()["items"]
    assert (place["code"], place["name"]) == ("AL-shkoder", "Shkodër")
    assert "Skadar" not in answer.text
    assert "İşkodra" not in answer.text


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Drač", "AL-durres"),
        ("Драч", "AL-durres"),
        ("drac", "AL-durres"),
        ("Skadar", "AL-shkoder"),
        ("Skoplje", "MK-skopje"),
        ("Temišvar", "RO-timisoara"),
        ("Temesvár", "RO-timisoara"),
        ("temisv", "RO-timisoara"),
        ("Bukurešt", "RO-bucuresti"),
        ("Bukuresht", "RO-bucuresti"),
        ("Букурещ", "RO-bucuresti"),
        ("Sofija", "BG-sofia"),
        ("Beligrad", "RS-beograd"),
        ("Belgrad", "RS-beograd"),
        ("Hermannstadt", "RO-sibiu"),
        ("Kolozsvár", "RO-cluj-napoca"),
        ("Saraybosna", "BA-sarajevo"),
        ("East Sarajevo", "BA-istocno-sarajevo"),
    ],
)
def test_a_place_is_found_by_its_foreign_name(client: Any, typed: str, code: str) -> None:
    assert places(client, typed)[0] == code


def test_what_a_country_calls_its_own_goes_before_what_others_call_theirs(client: Any) -> None:
    codes = places(client, "Kol", limit=100)
    assert "RO-cluj-napoca" in codes, "Kolozsvár"
    assert codes.index("ME-kolasin") < codes.index("RO-cluj-napoca")


@pytest.mark.parametrize("typed", ["Solun", "Солун", "Viena", "Zagreb", "Split"])
def test_a_town_elsewhere_is_no_town_here(client: Any, typed: str) -> None:
    assert places(client, typed) == []


def test_services_are_found_by_the_foreign_name_of_their_town(agency: Agency, client: Any) -> None:
    here = agency.publish(name="Centru Cibin", **at("RO-sibiu"))
    for typed in ("centru cibin Hermannstadt", "Nagyszeben cibin", "cibin Сибињ"):
        assert [service["id"] for service in services(client, typed)["contents"]] == [here["id"]], typed


@pytest.mark.parametrize("typed", ["Salonic", "Salonik", "Chisinau"])
def test_a_guessed_town_does_not_stand_for_its_country(agency: Agency, client: Any, typed: str) -> None:
    elsewhere = agency.publish(name="Centrul Moldovița", **at("RO-vama-suceava"))
    assert elsewhere["id"] not in {service["id"] for service in services(client, typed)["contents"]}


def test_beside_an_unknown_town_the_other_words_are_what_is_found(agency: Agency, client: Any) -> None:
    agency.publish(name="Qendra Bardhyl")
    expected = [service["id"] for service in services(client, "bardhyl")["contents"]]
    assert [service["id"] for service in services(client, "bardhyl Solun")["contents"]] == expected != []


def test_of_two_needs_at_once_what_is_of_a_kind_goes_before_what_mentions_it(agency: Agency, client: Any) -> None:
    mentions = agency.publish(
        name="Adăpost", description="Avem și logoped.", taxonomy_terms=["emergency-shelter"], **at("RO-zimnicea")
    )
    is_one = agency.publish(name="Sprijin timpuriu", taxonomy_terms=["early-intervention"], **at("RO-videle"))
    found = [service["id"] for service in services(client, "logoped avocat zimnicea")["contents"]]
    assert found.index(is_one["id"]) < found.index(mentions["id"])


def test_a_row_of_a_file_may_name_a_town_as_its_neighbours_do(agency: Agency, directory: Directory) -> None:
    wanted = {"organization_id": agency.organization(), "dry_run": False}
    job = imported(agency, directory, HEADER + row("a").replace("AL-tirane", "Skadar"), **wanted)
    assert actions_of(job) == ["created"]
    (listing,) = agency.get("/listings").json()["items"]
    assert listing["location"]["municipality"] == "AL-shkoder"

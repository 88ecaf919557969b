"""Countries, towns and organizations are found as people call them: in a case, in any language, the larger first."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.support.directory import Agency


def at(code: str, **changes: Any) -> dict[str, Any]:
    return {"name": "Qerre", "serves": [code], "location": {"kind": "physical", "municipality": code}, **changes}


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("Srbija", "RS"),
        ("u Srbiji", "RS"),
        ("Србија", "RS"),
        ("Сърбия", "RS"),
        ("Serbisë", "RS"),
        ("Romania", "RO"),
        ("României", "RO"),
        ("Румъния", "RO"),
        ("Crna Gora", "ME"),
        ("u Crnoj Gori", "ME"),
        ("Mali i Zi", "ME"),
        ("Malit të Zi", "ME"),
        ("Muntenegru", "ME"),
        ("Kosovo", "XK"),
        ("na Kosovu", "XK"),
        ("Kosovës", "XK"),
        ("Albania", "AL"),
        ("Shqipëri", "AL"),
        ("në Shqipëri", "AL"),
        ("Shqipërisë", "AL"),
        ("Албания", "AL"),
        ("България", "BG"),
        ("Bugarskoj", "BG"),
        ("Bullgaria", "BG"),
        ("Bosna", "BA"),
        ("BiH", "BA"),
        ("u Bosni i Hercegovini", "BA"),
        ("Bosnia și Herțegovina", "BA"),
        ("Bosnja dhe Hercegovina", "BA"),
    ],
)
def test_a_country_is_a_place_in_every_language(agency: Agency, found: Any, typed: str, country: str) -> None:
    towns = {"RS": "RS-novi-sad", "RO": "RO-iasi", "ME": "ME-bar", "XK": "XK-peje", "AL": "AL-vlore"}
    town = {**towns, "BG": "BG-varna", "BA": "BA-mostar"}[country]
    owner = agency.organization()
    there = agency.publish(organization_id=owner, **at(town))
    hidden = agency.publish(organization_id=owner, **at(town, location={"kind": "virtual"}))
    whole = agency.publish(organization_id=owner, **at(country, location={"kind": "virtual"}))
    mistaken = "XK-fushe-kosove" if country == "RS" else "BA-bihac" if country == "XK" else "XK-skenderaj"
    agency.publish(organization_id=owner, **at(mistaken))
    ids = found(search=typed, organization_id=owner)
    assert ids[0] == whole["id"], "who serves all of it goes before who is in one of its towns"
    assert set(ids) == {there["id"], hidden["id"], whole["id"]}, "and nothing of another country"


def test_a_kind_in_a_country_is_not_what_only_names_the_country(agency: Agency, found: Any) -> None:
    owner = agency.organization(name="Qendra Lulja in Albania")
    line = agency.publish(
        organization_id=owner, name="Linja", taxonomy_terms=["hotline"], serves=["AL"], location={"kind": "virtual"}
    )
    agency.publish(organization_id=owner, **at("AL-vlore", taxonomy_terms=["outreach"]))
    assert found(search="hotline Albania", organization_id=owner) == [line["id"]]


@pytest.mark.parametrize(
    ("typed", "town"),
    [
        ("u Banjoj Luci", "BA-banja-luka"),
        ("Banje Luke", "BA-banja-luka"),
        ("Banjaluka", "BA-banja-luka"),
        ("u Banjaluci", "BA-banja-luka"),
        ("Novom Sadu", "RS-novi-sad"),
        ("iz Novog Sada", "RS-novi-sad"),
        ("у Новом Саду", "RS-novi-sad"),
        ("u Bijelom Polju", "ME-bijelo-polje"),
        ("u Zenici", "BA-zenica"),
        ("Zenicu", "BA-zenica"),
        ("Šapcu", "RS-sabac"),
        ("у Шапцу", "RS-sabac"),
        ("Šapca", "RS-sabac"),
        ("u Kragujevcu", "RS-kragujevac"),
        ("u Nišu", "RS-nis"),
        ("Nishi", "RS-nis"),
        ("Bucureștiului", "RO-bucuresti"),
        ("Clujului", "RO-cluj-napoca"),
        ("Brașovului", "RO-brasov"),
        ("Iașiului", "RO-iasi"),
        ("Sibiului", "RO-sibiu"),
        ("Timișoarei", "RO-timisoara"),
        ("Shkodra", "AL-shkoder"),
        ("Shkodrës", "AL-shkoder"),
        ("në Tiranë", "AL-tirane"),
        ("Durrësit", "AL-durres"),
        ("Fushë Kosovës", "XK-fushe-kosove"),
    ],
)
def test_a_town_is_understood_in_every_case(agency: Agency, found: Any, typed: str, town: str) -> None:
    owner = agency.organization()
    there = agency.publish(organization_id=owner, **at(town))
    for kind, elsewhere in (
        ("violence-support", "XK-decan"),
        ("foster-care", "BA-sarajevo"),
        ("day-care", "ME-niksic"),
    ):
        agency.publish(organization_id=owner, **at(elsewhere, taxonomy_terms=[kind]))
    ids = found(search=typed, organization_id=owner)
    assert ids[0] == there["id"]
    assert len(ids) < 4, "not everything"


def test_a_kind_is_understood_in_every_case(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    meant = agency.publish(organization_id=owner, **at("RS-nis", taxonomy_terms=["legal-aid"]))
    agency.publish(organization_id=owner, **at("RS-nis", taxonomy_terms=["medical-care"]))
    assert found(search="besplatnu pravnu pomoć u Nišu", organization_id=owner) == [meant["id"]]


def test_of_two_countries_the_town_goes_before_the_village(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    village = agency.publish(organization_id=owner, **at("RO-tuzla-constanta", name="Aaa"))
    town = agency.publish(organization_id=owner, **at("BA-tuzla", name="Zzz"))
    for number in range(5):
        agency.publish(organization_id=owner, **at("RO", name=f"Abb {number}", location={"kind": "virtual"}))
    near = agency.publish(organization_id=owner, **at("BA-gracanica"))
    ids = found(search="Tuzla", organization_id=owner)
    assert ids[0] == town["id"]
    assert village["id"] in ids, "found too, after the other"
    assert near["id"] in ids, "the larger one has fewer than five of its own"


def test_a_language_is_no_village(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    meant = agency.publish(organization_id=owner, **at("AL-tirane", taxonomy_terms=["cultural-mediation"]))
    agency.publish(organization_id=owner, **at("RO", location={"kind": "virtual"}))
    for typed in ("romani", "limba romani", "romisht", "ромски език"):
        assert found(search=typed, organization_id=owner)[0] == meant["id"], typed
    assert found(search="romisht", organization_id=owner) == [meant["id"]]


def test_day_and_night_is_understood(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    meant = agency.publish(organization_id=owner, **at("AL", taxonomy_terms=["hotline"], location={"kind": "virtual"}))
    agency.publish(organization_id=owner, **at("AL-tirane"))
    assert found(search="24/7", organization_id=owner) == [meant["id"]]


def test_a_word_in_whole_goes_before_one_that_begins_so(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    begins = agency.publish(organization_id=owner, **at("XK-decan", name="Deçan Kukuvajkat"))
    whole = agency.publish(organization_id=owner, **at("RS-nis", name="Nešto", description="Za kukuvajka i više."))
    assert found(search="kukuvajka", organization_id=owner) == [whole["id"], begins["id"]]


@pytest.mark.parametrize("typed", ["Save the Kukavce", "save the kukavce in albania"])
def test_an_organization_that_is_named_in_full_goes_first(agency: Agency, found: Any, typed: str) -> None:
    mark = uuid.uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))
    typed = typed.replace("Kukavce", f"Kukavce{mark}").replace("kukavce", f"kukavce{mark}")
    other = agency.publish(name=f"Savetovanje Kukavce{mark} the Albania", description="save")
    own = agency.publish(
        organization_id=agency.organization(name=f"Save the Kukavce{mark} in Albania"), **at("AL-tirane")
    )
    assert found(search=typed) == [own["id"], other["id"]]


def test_a_guess_of_a_town_is_no_match_beside_a_word_of_its_own(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    named = agency.publish(organization_id=owner, **at("AL-vlore", name="Klubi Prizrenka"))
    agency.publish(organization_id=owner, **at("XK-prizren"))
    assert found(search="Prizrenka", organization_id=owner) == [named["id"]]


def places(client: Any, search: str) -> dict[str, Any]:
    answer = client.get("/municipalities", params={"search": search})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Zenici", "BA-zenica"), ("Banjoj Luci", "BA-banja-luka"), ("Nishi", "RS-nis"), ("Шапцу", "RS-sabac")],
)
def test_a_town_in_another_case_is_no_guess(client: Any, typed: str, code: str) -> None:
    item = places(client, typed)["items"][0]
    assert (item["code"], item["is_guess"]) == (code, False)


def test_a_mistyped_town_is_a_guess(client: Any) -> None:
    assert {item["is_guess"] for item in places(client, "Kragujvac")["items"]} == {True}
    assert {item["is_guess"] for item in places(client, "Kragujev")["items"]} == {False}


@pytest.mark.parametrize(
    ("typed", "country"), [("Srbija", "RS"), ("Kosovo", "XK"), ("Shqipëria", "AL"), ("Crnoj Gori", "ME")]
)
def test_a_country_is_told_and_nothing_guessed(client: Any, typed: str, country: str) -> None:
    answer = places(client, typed)
    assert answer["country"] == country
    assert not any(item["is_guess"] for item in answer["items"])
    assert places(client, "Šabac")["country"] is None

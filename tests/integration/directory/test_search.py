"""What a search finds: both scripts, one typing error, ages, places, distance, and nothing that it should not."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency


@pytest.mark.parametrize("typed", ["Шабац", "Šabac", "sabac", "SABAC", "ШАБАЦ", "šab"])
def test_a_word_is_found_in_either_script(agency: Agency, found: Any, typed: str) -> None:
    listing = agency.publish(
        name="Саветовалиште Шабац", serves=["RS-sabac"], location={"kind": "physical", "municipality": "RS-sabac"}
    )
    assert listing["id"] in found(search=typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Qendra Tiranë", "tirane"),
        ("Центар Ђурђевак", "đurđevak"),
        ("Центар Ђурђевак", "djurdjevak"),
        ("Център Шумен", "shumen"),
        ("Център Шумен", "Шумен"),
        ("София помощ", "sofia"),
        ("Asociația Brașov", "brasov"),
        ("Klub Žičar", "жичар"),
    ],
)
def test_a_name_is_found_as_people_type_it(agency: Agency, found: Any, name: str, typed: str) -> None:
    assert agency.publish(name=name)["id"] in found(search=typed)


@pytest.mark.parametrize("typed", ["kukavucja", "kukavicha", "kukvicja", "kukaviccja", "kukavijca"])
def test_one_typing_error_is_forgiven(agency: Agency, found: Any, typed: str) -> None:
    assert agency.publish(name="Dom Kukavicja")["id"] in found(search=typed)


@pytest.mark.parametrize(
    ("typed", "municipality"),
    [
        ("Šaba", "RS-sabac"),
        ("Šab", "RS-sabac"),
        ("Tuz", "BA-tuzla"),
        ("Banj", "BA-banja-luka"),
        ("Вар", "BG-varna"),
        ("Pod", "ME-podgorica"),
    ],
)
def test_the_beginning_of_a_town_finds_what_is_there(agency: Agency, found: Any, typed: str, municipality: str) -> None:
    location = {"kind": "physical", "municipality": municipality}
    listing = agency.publish(name="Qerre", serves=[municipality], location=location)
    assert listing["id"] in found(search=typed, organization_id=listing["organization_id"])


def test_the_beginning_of_a_name_is_no_typing_error(agency: Agency, found: Any) -> None:
    named = agency.publish(name="Klub Logpedija", taxonomy_terms=["peer-support"])
    agency.publish(name="Qerre", taxonomy_terms=["early-intervention"], organization_id=named["organization_id"])
    assert found(search="logped", organization_id=named["organization_id"]) == [named["id"]], "and no logoped"


@pytest.mark.parametrize("typed", ["Solun", "Drač", "Atina", "Janina", "Pariz"])
def test_a_town_that_is_not_known_becomes_no_other(agency: Agency, found: Any, typed: str) -> None:
    romanian = agency.publish(serves=["RO"], location={"kind": "virtual"})
    assert found(search=typed, organization_id=romanian["organization_id"]) == []


def test_a_kind_that_nobody_offers_stands_for_those_beside_it(agency: Agency, found: Any) -> None:
    listing = agency.publish(name="Qerre", taxonomy_terms=["foster-care"])
    own = listing["organization_id"]
    agency.publish(name="Qerre", taxonomy_terms=["legal-aid"], organization_id=own)
    assert found(search="supported living", organization_id=own) == [listing["id"]]
    assert found(search="supported living Tirana", organization_id=own) == [listing["id"]]
    meant = agency.publish(name="Qerre", taxonomy_terms=["supported-living"], organization_id=own)
    assert found(search="supported living", organization_id=own) == [meant["id"]]


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("safe house", "emergency-shelter"),
        ("casă sigură", "emergency-shelter"),
        ("shtëpi e sigurt", "parent-and-child-shelter"),
        ("samoubistvo", "crisis-intervention"),
        ("самоубийство", "crisis-intervention"),
        ("sinucidere", "crisis-intervention"),
        ("child marriage", "child-protection"),
        ("martesë e hershme", "child-protection"),
        ("рани брак", "child-protection"),
        ("căsătorie timpurie", "child-protection"),
        ("bullying", "counselling"),
        ("врсничко насилство", "counselling"),
        ("runaway child", "emergency-shelter"),
        ("избягало дете", "drop-in-centre"),
        ("pregnant girl", "parent-and-child-shelter"),
        ("bolnica", "medical-care"),
        ("orphanage", "small-group-home"),
        ("jetimore", "foster-care"),
        ("вртић", "day-care"),
        ("njegovatelj", "disability-services"),
        ("abuz sexual", "trauma-therapy"),
        ("seksualno zlostavljanje", "child-protection"),
        ("copil bătut", "violence-support"),
        ("e dhunuar", "violence-support"),
        ("пребијен", "violence-support"),
        ("изнасилена", "trauma-therapy"),
        ("se drogheaza", "addiction-treatment"),
        ("drogira se", "addiction-treatment"),
        ("сече се", "crisis-intervention"),
        ("devojka trafikovana", "trafficking-identification"),
        ("ne ide u školu", "education-support"),
        ("karrige me rrota", "disability-services"),
    ],
)
def test_a_need_is_found_by_the_words_that_people_use(agency: Agency, found: Any, typed: str, term: str) -> None:
    meant = agency.publish(name="Qerre", taxonomy_terms=[term])
    agency.publish(name="Qerre", taxonomy_terms=["interpretation"], organization_id=meant["organization_id"])
    agency.publish(name="Qerre", taxonomy_terms=["early-intervention"], organization_id=meant["organization_id"])
    assert found(search=typed, organization_id=meant["organization_id"]) == [meant["id"]]


def at_varna(agency: Agency, owner: str, term: str) -> str:
    location = {"kind": "physical", "municipality": "BG-varna"}
    return str(
        agency.publish(
            name="Zvonimilka",
            organization_id=owner,
            taxonomy_terms=[term],
            serves=["BG-varna"],
            location=location,
        )["id"]
    )


@pytest.mark.parametrize(
    "age",
    [
        "15 ani", "de 15 ani", "cu vârsta de 15 ani", "14 vjeç", "14-vjeçare", "14 god", "od 14 godina", "14-godišnja",
        "14-годишно", "на 14 години", "14 г.", "14g", "15 years old", "15-year-old", "12 - 15 ани", "under 14",
    ],
)  # fmt: skip
def test_an_age_is_no_town_and_no_word_that_must_be_found(agency: Agency, found: Any, age: str) -> None:
    owner = agency.organization()
    listing = at_varna(agency, owner, "vocational-training")
    for typed in (f"Zvonimilka {age}", f"{age} Zvonimilka", f"zanat {age} Varna"):
        assert found(search=typed, organization_id=owner) == [listing], typed


@pytest.mark.parametrize(
    "typed", ["14 vjeç", "djali 14 vjeç", "dijete od 14 godina", "fata de 15 ani", "момиче", "godina"]
)
def test_an_age_and_whom_it_is_for_leave_everything_to_be_found(agency: Agency, found: Any, typed: str) -> None:
    owner = agency.organization()
    listing = at_varna(agency, owner, "vocational-training")
    assert found(search=typed, organization_id=owner) == [listing]
    assert found(search=typed, organization_id=owner, near="43.21,27.91", within_km=30) == [listing]
    assert found(search=typed, organization_id=owner, near="41.33,19.82", within_km=30) == []


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("devojka nasilje", "violence-support"),
        ("vajzë dhunë", "violence-support"),
        ("fată violență", "violence-support"),
        ("момиче насилие", "violence-support"),
        ("băiat droguri", "addiction-treatment"),
        ("trudna djevojka", "parent-and-child-shelter"),
        ("vajzë shtatzënë", "parent-and-child-shelter"),
        ("бременно момиче", "parent-and-child-shelter"),
    ],
)
def test_a_girl_is_not_taken_for_a_pregnant_girl(agency: Agency, found: Any, typed: str, term: str) -> None:
    owner = agency.organization()
    kinds = ("violence-support", "addiction-treatment", "parent-and-child-shelter")
    listings = {kind: at_varna(agency, owner, kind) for kind in kinds}
    assert found(search=typed, organization_id=owner) == [listings[term]]


def test_three_letters_are_no_beginning_of_a_kind_where_other_words_follow(agency: Agency, found: Any) -> None:
    owner = agency.organization()
    training = at_varna(agency, owner, "vocational-training")
    named = agency.publish(name="Zvonimilka Zan", organization_id=owner, taxonomy_terms=["birth-registration"])["id"]
    assert found(search="zan Zvonimilka", organization_id=owner) == [named]
    assert set(found(search="Zvonimilka zan", organization_id=owner)) == {named, training}


def test_two_typing_errors_in_one_word_are_not(agency: Agency, found: Any) -> None:
    assert agency.publish(name="Dom Zvezdarnik")["id"] not in found(search="zvizdernik")


def test_a_town_is_not_corrected_into_another(agency: Agency, found: Any) -> None:
    samac = agency.publish(name="Centar Šamac", serves=["BA-samac"], location={"kind": "virtual"})
    assert samac["id"] not in found(search="Šabac")


def test_all_words_are_asked_for_and_the_name_weighs_most(agency: Agency, found: Any) -> None:
    mark = "lule" + uuid.uuid4().hex[:6].translate(str.maketrans("0123456789", "abcdefghij"))
    described = agency.publish(name="Diçka tjetër", description=f"Rreth {mark} dhe lojës")["id"]
    named = agency.publish(name=f"Klubi {mark}")["id"]
    assert found(search=mark) == [named, described]
    assert found(search=f"{mark} klubi") == [named]
    assert found(search=f"{mark} pafundxyz") == [named, described], "nothing has both, so that one is enough"


@pytest.mark.parametrize("typed", ["psychosocial", "psihosocijalna", "психосоциална", "psikosociale"])
def test_a_service_is_found_by_its_kind_in_every_language(agency: Agency, found: Any, typed: str) -> None:
    listing = agency.publish(name="Pa emër të veçantë")
    assert listing["id"] in found(search=typed, organization_id=listing["organization_id"])


@pytest.mark.parametrize("typed", ["'", "\\", "a & | !", ":*", "%", "()", "\x00", "🙂", "x" * 200])
def test_no_text_breaks_the_search(client: Any, typed: str) -> None:
    assert client.get("/services", params={"search": typed}).status_code in (200, 400)


def test_age_asks_who_is_taken_ends_included(agency: Agency, found: Any) -> None:
    closed = agency.publish(minimum_age=10, maximum_age=17)
    open_ended = agency.publish(
        minimum_age=None, maximum_age=None, organization_id=closed["organization_id"], name="Të gjithë"
    )

    def takes(age: int) -> set[str]:
        return set(found(age=age, organization_id=closed["organization_id"]))

    assert takes(9) == takes(18) == {open_ended["id"]}
    assert takes(10) == takes(12) == takes(17) == {closed["id"], open_ended["id"]}


def test_filters_are_cumulative(agency: Agency, found: Any) -> None:
    listing = agency.publish(sex="female", languages=["sq", "rom"])
    own = {"organization_id": listing["organization_id"]}
    assert found(language="rom", sex="female", accepts="true", need="psychosocial-support", **own) == [listing["id"]]
    assert found(language="bg", **own) == found(sex="male", **own) == found(accepts="false", **own) == []
    assert found(need="hotline", **own) == []


def test_a_term_stands_for_those_below_it(agency: Agency, client: Any, found: Any) -> None:
    terms = client.get("/taxonomy_terms", params={"per_page": 100}).json()["contents"]
    child = next(term for term in terms if "parent_id" in term)
    listing = agency.publish(taxonomy_terms=[child["code"]])
    assert found(taxonomy_term_id=child["parent_id"], organization_id=listing["organization_id"]) == [listing["id"]]
    assert found(taxonomy_id=child["taxonomy_id"], organization_id=listing["organization_id"]) == [listing["id"]]


@pytest.mark.parametrize("area", ["AL-tirane", "AL-county-tirane", "AL"])
def test_who_serves_an_area_serves_each_place_in_it(agency: Agency, found: Any, area: str) -> None:
    listing = agency.publish(serves=[area])
    assert found(serves="AL-tirane", organization_id=listing["organization_id"]) == [listing["id"]]
    assert found(serves="RS-sabac", organization_id=listing["organization_id"]) == []


def test_the_nearest_comes_first_and_the_far_one_not_at_all(agency: Agency, found: Any, client: Any) -> None:
    organization = agency.organization()
    made = {
        code: agency.publish(organization_id=organization, location={"kind": "physical", "municipality": code})["id"]
        for code in ("AL-shkoder", "AL-tirane", "AL-durres")
    }
    own = {"organization_id": organization}
    by_distance = [made[code] for code in ("AL-tirane", "AL-durres", "AL-shkoder")]
    assert found(near="41.3274,19.8187", within_km=120, **own) == by_distance
    assert found(near="41.3274,19.8187", within_km=40, **own) == by_distance[:2]
    assert set(found(municipality="AL-tirane", within_km=40, **own)) == set(by_distance[:2])
    assert found(municipality="AL-tirane", **own) == by_distance[:1]
    nowhere = client.get("/services", params={"municipality": "AL-nowhere", "within_km": 100, **own})
    assert nowhere.status_code == 422


@pytest.mark.parametrize("said", ["sr", "sr-Latn", "srp", "sr-Latn-RS"])
@pytest.mark.parametrize("asked", ["sr", "sr-Cyrl", "srp", "sr-RS"])
def test_a_language_is_the_same_in_every_script_and_standard(
    agency: Agency, found: Any, client: Any, said: str, asked: str
) -> None:
    listing = agency.publish(languages=[said, "sq"])
    assert listing["languages"] == ["sr", "sq"]
    own = listing["organization_id"]
    assert found(language=asked, organization_id=own) == [listing["id"]]
    in_body = client.post("/services", json={"language": asked, "organization_id": own}).json()
    assert in_body["total_items"] == 1
    assert found(language="hr", organization_id=own) == []


def test_a_virtual_service_is_nowhere_but_can_be_searched(agency: Agency, found: Any) -> None:
    listing = agency.publish(location={"kind": "virtual"})
    assert found(organization_id=listing["organization_id"]) == [listing["id"]]
    assert found(near="41.33,19.82", organization_id=listing["organization_id"]) == []


def test_a_change_is_found_with_the_next_request(agency: Agency, found: Any) -> None:
    listing = agency.publish(name="Emri i vjetër Xhamllëku")
    body = {"name": "Emri Bubullima", "description": "d", "taxonomy_terms": ["legal-aid"], "languages": ["sq"]}
    body |= {"serves": ["AL-tirane"], "location": {"kind": "virtual"}}
    assert agency.put(f"/listings/{listing['id']}", body, If_Match='"2"').status_code == 200
    assert listing["id"] in found(search="bubullima")
    assert listing["id"] not in found(search="xhamllëku")


def test_the_order_is_the_same_every_time(agency: Agency, found: Any) -> None:
    organization = agency.organization()
    for _ in range(4):
        agency.publish(organization_id=organization, name="Njësoj")
    assert found(organization_id=organization) == found(organization_id=organization)


@pytest.mark.parametrize("typed", ["Шабац", "sabac", "Šabac", "sabca"])
def test_a_municipality_is_found_by_its_spelling(client: Any, typed: str) -> None:
    items = client.get("/municipalities", params={"search": typed}).json()["items"]
    assert items[0]["code"] == "RS-sabac"


def test_municipalities_are_filtered_by_country_and_read_by_code(client: Any) -> None:
    kosovo = client.get("/municipalities", params={"country": "XK", "limit": 1000}).json()["items"]
    assert {item["country"] for item in kosovo} == {"XK"}
    assert [m["name"] for m in client.get("/municipalities", params={"code": "AL-tirane"}).json()["items"]] == [
        "Tiranë"
    ]
    assert client.get("/municipalities", params={"country": "DE"}).status_code == 400


@pytest.mark.parametrize("index", ["document", "local_document", "match_keys"])
def test_what_was_published_waits_on_no_list_that_every_search_reads_again(
    agency: Agency, directory: Directory, index: str
) -> None:
    agency.publish()
    with directory.engine.connect() as connection:
        waiting = text("SELECT gin_clean_pending_list(CAST(:index AS regclass))")
        assert connection.scalar(waiting, {"index": f"ix_search_entry_{index}"}) == 0

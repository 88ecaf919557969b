"""Who asks for a language reads in it, field by field, and is told what a machine wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.directory import Agency

SQ = {"language": "sq", "field": "name", "text": "Këshillim për familje"}
SR = {"language": "sr-Cyrl", "field": "description", "text": "Разговори и игре."}
MACHINE = {"language": "ro", "field": "name", "text": "Consiliere", "origin": "machine"}


@pytest.fixture
def listing(agency: Agency) -> dict[str, Any]:
    return agency.publish(
        name="Family counselling",
        description="Talks and games.",
        source_language="en",
        translations=[SQ, SR, MACHINE],
        tier="network",
    )


@pytest.fixture
def read(caseworker: Agency, listing: dict[str, Any]) -> Any:
    """Read the listing's service in a language, and return the answer."""

    def ask(language: str | None) -> Any:
        headers = {"Accept_Language": language} if language else {}
        return caseworker.request("GET", f"/network/services/{listing['id']}", **headers)

    return ask


@pytest.mark.parametrize("language", [None, "*", "en", "en-GB,en;q=0.9", "bg"])
def test_without_a_translation_the_original_is_read(read: Any, language: str | None) -> None:
    service = read(language).json()
    assert (service["name"], service["description"]) == ("Family counselling", "Talks and games.")
    assert "translated" not in service


def test_a_field_that_is_translated_is_read_in_the_language_and_the_others_in_the_original(read: Any) -> None:
    answer = read("sq")
    service = answer.json()
    assert (service["name"], service["description"]) == ("Këshillim për familje", "Talks and games.")
    assert service["translated"] == {"name": {"language": "sq", "origin": "human"}}
    assert answer.headers["Content-Language"] == "sq, en"
    assert "Accept-Language" in answer.headers["Vary"]


def test_what_a_machine_wrote_is_said(read: Any) -> None:
    assert read("ro").json()["translated"] == {"name": {"language": "ro", "origin": "machine"}}
    turned = read("sr-Latn").json()
    assert turned["description"] == "Razgovori i igre."
    assert turned["translated"] == {"description": {"language": "sr-Latn", "origin": "machine"}}


def test_a_sibling_stands_in(read: Any) -> None:
    assert read("cnr").json()["description"] == "Razgovori i igre."


def test_terms_and_places_are_named_in_the_language(read: Any) -> None:
    service = read("sq").json()
    (term,) = (attribute["taxonomy_term"] for attribute in service["attributes"])
    assert (term["name"], term["language"]) == ("Mbështetje psikosociale", "sq")
    assert term["description"].startswith("Mbështetje për mirëqenien")
    place = service["service_at_locations"][0]["location"]
    assert place["name"] == "Tiranë"
    assert read("bg").json()["service_at_locations"][0]["location"]["external_identifier"] == "AL-tirane"


def test_rewriting_a_field_marks_its_translations_until_they_are_rewritten_too(
    agency: Agency, listing: dict[str, Any], read: Any
) -> None:
    names = (
        "description",
        "taxonomy_terms",
        "languages",
        "serves",
        "location",
        "tier",
        "source_language",
        "translations",
    )
    body = {**{name: listing[name] for name in names}, "name": "Counselling for parents"}
    revised = agency.put(f"/listings/{listing['id']}", body, If_Match=f'"{listing["version"]}"')
    assert revised.status_code == 200, revised.text
    marked = {(entry["language"], entry["field"]): entry["outdated"] for entry in revised.json()["translations"]}
    assert marked == {("sq", "name"): True, ("sr-Cyrl", "description"): False, ("ro", "name"): True}
    assert read("sq").json()["translated"]["name"] == {"language": "sq", "origin": "human", "outdated": True}


@pytest.mark.parametrize(
    "translations",
    [[SQ, {**SQ, "text": "Tjetër"}], [{**SQ, "language": "en"}], [{**SQ, "field": "phone"}], [{**SQ, "text": " "}]],
)
def test_a_translation_that_cannot_be_is_refused(agency: Agency, translations: list[dict[str, str]]) -> None:
    listing = agency.draft(source_language="en")
    names = ("name", "description", "taxonomy_terms", "languages", "serves", "location", "source_language")
    body = {**{name: listing[name] for name in names}, "translations": translations}
    assert agency.put(f"/listings/{listing['id']}", body, If_Match='"1"').status_code in (400, 422)


def test_a_translation_says_who_wrote_it_when(listing: dict[str, Any]) -> None:
    by_language = {entry["language"]: entry for entry in listing["translations"]}
    assert by_language["sq"]["origin"] == "human"
    assert by_language["ro"]["origin"] == "machine"
    assert by_language["sq"]["source_language"] == "en"
    assert by_language["sq"]["at"] == listing["created_at"]


def test_matching_answers_in_the_language(caseworker: Agency, agency: Agency) -> None:
    listing = agency.publish(
        name="Tracing", source_language="en", translations=[SQ], taxonomy_terms=["peer-support"], tier="network"
    )
    answer = caseworker.post("/matches", {"needs": ["peer-support"], "limit": 50}, Accept_Language="sq").json()
    names = {entry["service"]["id"]: entry["service"]["name"] for entry in answer["matches"] + answer["nearly"]}
    assert names[listing["id"]] == SQ["text"]


@pytest.mark.parametrize(
    "asked", ["sr, en;q=0.8", "sr-Cyrl, en;q=0.8", "sr-RS, en", "cnr, en;q=0.1", "sr-Latn, en;q=0.1"]
)
def test_what_is_written_in_plain_serbian_is_read_in_serbian(agency: Agency, client: Any, asked: str) -> None:
    machine = {"language": "en", "field": "name", "text": "Counselling centre", "origin": "machine"}
    listing = agency.publish(name="Саветовалиште", source_language="sr", translations=[machine])
    shown = client.get(f"/services/{listing['id']}", headers={"Accept-Language": asked}).json()
    assert shown["name"] in ("Саветовалиште", "Savetovalište")
    assert agency.get(f"/listings/{listing['id']}").json()["source_language"] == "sr", "it stays as it was told"


@pytest.mark.parametrize(("told", "asked"), [("sr", "sr"), ("hr", "hr"), ("hr", "bs"), ("me", "cnr"), ("sr", "sr-RS")])
def test_a_translation_is_read_however_its_language_was_told(
    agency: Agency, caseworker: Agency, told: str, asked: str
) -> None:
    translation = {"language": told, "field": "name", "text": "Razgovor"}
    listing = agency.publish(
        name="Talks", source_language="en", translations=[translation], taxonomy_terms=["peer-support"], tier="network"
    )
    path, languages = f"/network/services/{listing['id']}", {"Accept_Language": f"{asked}, en;q=0.8"}
    service = caseworker.request("GET", path, **languages).json()
    assert service["name"] == "Razgovor"
    assert service["translated"]["name"]["language"] == listing["translations"][0]["language"]
    answer = caseworker.post("/matches", {"needs": ["peer-support"], "limit": 50}, **languages).json()
    names = {entry["service"]["id"]: entry["service"]["name"] for entry in answer["matches"] + answer["nearly"]}
    assert names[listing["id"]] == "Razgovor"


def test_an_organization_is_read_however_its_language_was_told(agency: Agency, client: Any) -> None:
    translation = {"language": "hr", "field": "description", "text": "Za djecu."}
    owner = agency.organization(description="For children.", source_language="en", translations=[translation])
    agency.publish(organization_id=owner)
    shown = client.get(f"/organizations/{owner}", headers={"Accept-Language": "bs"}).json()
    assert shown["description"] == "Za djecu."


def test_search_finds_a_service_by_its_translation(caseworker: Agency, listing: dict[str, Any]) -> None:
    answer = caseworker.get(f"/network/services?search=familje&organization_id={listing['organization_id']}")
    assert [service["id"] for service in answer.json()["contents"]] == [listing["id"]]


@pytest.fixture
def public(agency: Agency) -> dict[str, Any]:
    return agency.publish(
        name="Youth centre", description="Talks and games.", source_language="en", translations=[SQ, SR]
    )


def test_the_documents_that_are_ready_stay_as_they_are(client: Any, public: dict[str, Any]) -> None:
    path = f"/services/{public['id']}"
    before = client.get(path).content
    assert client.get(path, headers={"Accept-Language": "sq"}).json()["name"] == SQ["text"]
    assert client.get(path).content == before


def test_every_public_read_of_a_service_follows_the_language(client: Any, public: dict[str, Any]) -> None:
    own = f"organization_id={public['organization_id']}"
    albanian = {"Accept-Language": "sq"}
    organization = client.get(f"/organizations/{public['organization_id']}", headers=albanian).json()
    (place,) = client.get(f"/service_at_locations?{own}", headers=albanian).json()["contents"]
    (in_list,) = client.get(f"/services?{own}", headers=albanian).json()["contents"]
    line = client.get(f"/services?{own}&format=ndjson", headers=albanian)
    names = [organization["services"][0]["name"], place["service"]["name"], in_list["name"], line.json()["name"]]
    assert names == [SQ["text"]] * 4


def test_the_organization_keeps_its_own_name(client: Any, public: dict[str, Any]) -> None:
    service = client.get(f"/services/{public['id']}", headers={"Accept-Language": "sq"}).json()
    assert service["organization"]["name"] == "Qendra Agimi"


def test_terms_and_municipalities_are_listed_in_the_language(client: Any) -> None:
    romanian = {"Accept-Language": "ro"}
    answer = client.get("/taxonomy_terms?search=hotline", headers=romanian)
    (term,) = [term for term in answer.json()["contents"] if term["code"] == "hotline"]
    assert (term["name"], term["language"]) == ("Linie telefonică pentru copii", "ro")
    assert term["description"].startswith("Ajutor telefonic gratuit")
    assert term["translated"] == {name: {"language": "ro", "origin": "human"} for name in ("name", "description")}
    for language, name in (("sr-Latn", "Šabac"), ("sr", "Шабац")):
        answer = client.get("/municipalities?code=RS-sabac", headers={"Accept-Language": language})
        assert answer.json()["items"][0]["name"] == name


@pytest.mark.parametrize(
    ("language", "name", "shown_in"),
    [
        ("sq", "Shërbime për mbrojtjen e fëmijëve", "sq"),
        ("bs", "Usluge zaštite djece", "bs"),
        ("bg", "Услуги за закрила на детето", "bg"),
        ("ro", "Servicii de protecție a copilului", "ro"),
        ("sr", "Услуге заштите деце", "sr-Cyrl"),
        ("sr-Latn", "Usluge zaštite dece", "sr-Latn"),
        ("cnr", "Usluge zaštite djece", "cnr"),
        ("mk", "Услуги за заштита на децата", "mk"),
    ],
)
def test_the_taxonomy_is_read_in_the_language(client: Any, language: str, name: str, shown_in: str) -> None:
    answer = client.get("/taxonomies", headers={"Accept-Language": language})
    (ours,) = [taxonomy for taxonomy in answer.json()["contents"] if taxonomy["name"] == name]
    assert ours["translated"] == {text: {"language": shown_in, "origin": "human"} for text in ("name", "description")}
    assert not ours["description"].startswith("Services for")
    assert (answer.headers["Content-Language"], answer.headers["Vary"].split(", ")[0]) == (shown_in, "Accept-Language")
    one = client.get(f"/taxonomies/{ours['id']}", headers={"Accept-Language": language})
    assert (one.json(), one.headers["Content-Language"]) == (ours, shown_in)
    assert client.get("/taxonomies", params={"search": name}).json()["contents"][0]["id"] == ours["id"]


@pytest.mark.parametrize(("language", "told"), [(None, None), ("en", "en"), ("rom", "en"), ("hu", "en")])
def test_the_taxonomy_is_in_english_where_nobody_put_it_into_the_language(
    client: Any, language: str | None, told: str | None
) -> None:
    answer = client.get("/taxonomies", headers={"Accept-Language": language} if language else {})
    ours = next(each for each in answer.json()["contents"] if each["name"] == "Child protection services")
    assert "translated" not in ours
    assert answer.headers.get("Content-Language") == told


@pytest.mark.parametrize("profile", ["hsds-3.0", "hsds-3.1"])
def test_a_plain_taxonomy_says_no_more_than_hsds(client: Any, profile: str) -> None:
    answer = client.get("/taxonomies", params={"profile": profile}, headers={"Accept-Language": "bg"})
    assert "Услуги за закрила на детето" in answer.text
    assert "translated" not in answer.text


def test_an_answer_of_terms_says_its_languages(client: Any) -> None:
    answer = client.get("/taxonomy_terms?search=hotline", headers={"Accept-Language": "ro"})
    assert answer.headers["Content-Language"] == "ro"
    romani = client.get("/taxonomy_terms?search=hotline", headers={"Accept-Language": "rom"})
    assert romani.headers["Content-Language"] == "rom, en"


def test_a_term_says_which_of_its_fields_is_in_the_language(client: Any) -> None:
    answer = client.get("/taxonomy_terms?search=hotline", headers={"Accept-Language": "rom"})
    (term,) = [term for term in answer.json()["contents"] if term["code"] == "hotline"]
    assert term["description"].startswith("Free and confidential"), "nobody has put it into Romani"
    assert (term["language"], term["translated"]) == ("rom", {"name": {"language": "rom", "origin": "human"}})
    assert "translated" not in client.get(f"/taxonomy_terms/{term['id']}", headers={"Accept-Language": "en"}).json()


@pytest.mark.parametrize(
    ("language", "notes"),
    [
        ("sq", ["Hapur edhe në ditët e festave zyrtare.", "Mbyllur në ditët e festave zyrtare."]),
        ("sr-Latn", ["Otvoreno i na državne praznike.", "Zatvoreno na državne praznike."]),
        ("mk", ["Отворено и на државне празнике.", "Затворено на државне празнике."]),
        ("en", ["Also open on public holidays.", "Closed on public holidays."]),
        ("rom", ["Also open on public holidays.", "Closed on public holidays."]),
    ],
)
def test_our_notes_on_opening_hours_are_in_the_language(
    agency: Agency, client: Any, language: str, notes: list[str]
) -> None:
    hours = {"byday": "MO", "opens_at": "08:00", "closes_at": "16:00"}
    listing = agency.publish(schedule=[hours | {"open_on_holidays": True}, hours | {"byday": "TU"}])
    service = client.get(f"/services/{listing['id']}", headers={"Accept-Language": language}).json()
    assert [schedule["notes"] for schedule in service["schedules"]] == notes


@pytest.mark.parametrize(
    ("language", "description"),
    [("sq", "Hapur gjithmonë."), ("sr-Latn", "Uvek otvoreno."), ("ro", "Deschis permanent."), ("en", "Always open.")],
)
def test_what_is_always_open_says_so_in_the_language(
    agency: Agency, client: Any, language: str, description: str
) -> None:
    listing = agency.publish(always_open=True)
    answer = client.get(f"/services/{listing['id']}", headers={"Accept-Language": language})
    assert [schedule["description"] for schedule in answer.json()["schedules"]] == [description]
    assert language in answer.headers["Content-Language"].split(", ")


@pytest.mark.parametrize(
    "path",
    ["/services", "/taxonomies", "/organizations", "/service_at_locations", "/taxonomy_terms", "/municipalities"],
)
def test_caches_are_told_that_the_language_matters(client: Any, path: str) -> None:
    assert "Accept-Language" in client.get(path).headers["Vary"]


@pytest.mark.parametrize("header", ["sq;q=∞", "-,;q=1,,", "a" * 3000, "sq-" * 200, "\tsq\t;\tq=0.1"])
def test_no_header_breaks_a_read(client: Any, public: dict[str, Any], header: str) -> None:
    answer = client.get(f"/services/{public['id']}", headers={"Accept-Language": header.encode()})
    assert answer.status_code == 200


@pytest.mark.parametrize("profile", ["hsds-3.0", "hsds-3.1"])
def test_a_plain_answer_is_in_the_language_without_saying_more(
    client: Any, public: dict[str, Any], profile: str
) -> None:
    path = f"/services/{public['id']}?profile={profile}"
    service = client.get(path, headers={"Accept-Language": "sq"}).json()
    assert service["name"] == SQ["text"]
    assert "translated" not in json.dumps(service)


@pytest.mark.parametrize(
    ("language", "name"),
    [(None, "Kosovo"), ("de", "Kosovo"), ("sq", "Kosova"), ("bs", "Kosovo"), ("sr", "Косово"), ("sr-Latn", "Kosovo")],
)
def test_a_whole_country_that_is_served_is_named(client: Any, agency: Agency, language: str | None, name: str) -> None:
    listing = agency.publish(serves=["XK", "AL-tirane"], location={"kind": "virtual"})
    headers = {"Accept-Language": language} if language else {}
    own = {"organization_id": listing["organization_id"], "full": "true"}
    one = client.get(f"/services/{listing['id']}", headers=headers).json()
    listed = client.get("/services", params=own, headers=headers).json()["contents"][0]
    (line,) = client.get("/services", params={**own, "format": "ndjson"}, headers=headers).text.splitlines()
    for document in (one, listed, json.loads(line)):
        named = {area["extent"]: area["name"] for area in document["service_areas"]}
        assert named["XK"] == name
        assert named["AL-tirane"] != "AL-tirane"


@pytest.mark.parametrize(
    ("municipality", "language", "street"),
    [
        ("RS-sabac", "sr-Latn", "Ulica kralja Petra I 4, ATD"),
        ("RS-sabac", "bs", "Ulica kralja Petra I 4, ATD"),
        ("RS-sabac", "sr", "Улица краља Петра I 4, ATD"),
        ("RS-sabac", "en", "Улица краља Петра I 4, ATD"),
        ("BG-varna", "sr-Latn", "Улица краља Петра I 4, ATD"),
    ],
)
def test_a_street_is_read_in_the_letters_of_the_town(
    client: Any, agency: Agency, municipality: str, language: str, street: str
) -> None:
    address = {"address_1": "Улица краља Петра I 4, ATD", "postal_code": "15000"}
    listing = agency.publish(location={"kind": "physical", "municipality": municipality, **address})
    headers = {"Accept-Language": language}
    service = client.get(f"/services/{listing['id']}", headers=headers).json()
    own = {"organization_id": listing["organization_id"], "full": "true"}
    (place,) = client.get("/service_at_locations", params=own, headers=headers).json()["contents"]
    for each in (service["service_at_locations"][0], place):
        assert each["location"]["addresses"][0]["address_1"] == street

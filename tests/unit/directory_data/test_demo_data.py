"""The demo directory can be loaded anywhere and mistaken for real help nowhere."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from services.directory import demo_data
from services.directory.demo_data.listings import OFFERS
from services.directory.demo_data.organizations import demo_id

ROOT = Path(__file__).parents[3]
ORGANIZATIONS = {organization["id"]: organization for organization in demo_data.demo_organizations()}
LISTINGS = list(demo_data.demo_listings())
PARTNERS_OF_CHILD_OF_TWELVE = (
    "ngo-tirana",
    "ngo-shkoder",
    "animus-bg",
    "salvati-copiii-ro",
    "stc-kosovo",
    "stc-montenegro",
    "stc-serbia",
    "csw-ba",
)
OTHER_AGENCIES = ("municipality-tirana", "csw-tirana", "stc-see-regional")
LINKED = {slug: demo_id(f"agency:{slug}") for slug in (*PARTNERS_OF_CHILD_OF_TWELVE, *OTHER_AGENCIES)}
HOME = {"AL": "sq", "BA": "bs", "BG": "bg", "ME": "cnr", "RO": "ro", "RS": "sr", "XK": "sq"}


def listings_of(slug: str) -> list[dict[str, Any]]:
    return [listing for listing in LISTINGS if ORGANIZATIONS[listing["organization_id"]]["agency_id"] == LINKED[slug]]


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "openapi" / "directory.yaml").read_text(encoding="utf-8"))
    return loaded


def test_no_listing_can_be_mistaken_for_real_help() -> None:
    for listing in LISTINGS:
        assert re.search(r"\((demo|демо)\)$", listing["name"])
        assert listing["email"].endswith(".example.org")
        assert re.match(r"https://[a-z0-9-]+\.example\.org/", listing["url"])
        assert listing.get("phone", "116 111") == "116 111"
        if address := listing["location"].get("address_1"):
            assert re.search(r"demo|демо|Demo|Демо", address)


def test_the_name_of_a_confidential_place_does_not_tell_its_town() -> None:
    confidential = [listing for listing in LISTINGS if listing["location"]["kind"] == "confidential"]
    assert confidential
    for listing in confidential:
        assert "," not in listing["alternate_name"]
        assert listing["serves"] == [listing["serves"][0][:2]]


def test_only_the_organizations_of_known_agencies_can_receive_referrals() -> None:
    assert {o["agency_id"] for o in ORGANIZATIONS.values() if o["agency_id"]} == set(LINKED.values())


def test_agency_ids_are_those_of_the_identity_service() -> None:
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/demo")
    assert LINKED["ngo-tirana"] == str(uuid.uuid5(namespace, "agency:ngo-tirana"))


def test_what_an_organization_is_can_be_read_in_every_language_of_the_demo() -> None:
    for organization in ORGANIZATIONS.values():
        texts = {entry["language"]: entry["text"] for entry in organization["translations"]}
        own = organization["source_language"]
        assert own not in texts
        assert {tag.split("-")[0] for tag in (*texts, own)} == {*HOME.values(), "en"}
        assert all(re.search(r"^(Demo|Демо|Të dhëna demo|Date demonstrative)", text) for text in texts.values())


def test_every_load_gives_the_same() -> None:
    assert list(demo_data.demo_listings()) == LISTINGS
    assert len({listing["id"] for listing in LISTINGS}) == len(LISTINGS)


def test_each_country_has_services_and_none_swamps_the_rest() -> None:
    counts = Counter(ORGANIZATIONS[listing["organization_id"]]["country"] for listing in LISTINGS)
    assert counts.keys() == HOME.keys()
    assert 250 <= counts.total() <= 350
    assert max(counts.values()) <= counts.total() / 4


def test_every_listing_is_a_valid_body_of_the_directory_api(description: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/NewListing", "components": description["components"]}
    validator = jsonschema.Draft202012Validator(schema)
    for listing in LISTINGS:
        validator.validate({key: value for key, value in listing.items() if key != "id"})


def test_every_organization_is_a_valid_body_of_the_directory_api(description: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/NewOrganization", "components": description["components"]}
    validator = jsonschema.Draft202012Validator(schema)
    for organization in ORGANIZATIONS.values():
        validator.validate({key: value for key, value in organization.items() if key not in ("id", "agency_id")})


def test_classes_and_places_are_known_to_the_reference_data() -> None:
    reference = ROOT / "services" / "directory" / "reference_data"
    codes = {line.split(",")[0] for line in (reference / "municipalities.csv").read_text(encoding="utf-8").splitlines()}
    terms = {
        term["code"] for term in yaml.safe_load((reference / "taxonomy.yaml").read_text(encoding="utf-8"))["terms"]
    }
    assert OFFERS.keys() <= terms
    for listing in LISTINGS:
        assert set(listing["taxonomy_terms"]) <= terms
        assert {code for code in listing["serves"] if len(code) > 2} <= codes
        assert listing["location"].get("municipality", "AL-tirane") in codes


def test_a_child_of_twelve_in_tirana_finds_psychosocial_support_in_albanian() -> None:
    [listing] = [item for item in listings_of("ngo-tirana") if item["taxonomy_terms"] == ["psychosocial-support"]]
    assert listing["minimum_age"] <= 12 <= listing["maximum_age"]
    assert "sq" in listing["languages"]
    assert "AL-tirane" in listing["serves"]
    assert listing["location"]["municipality"] == "AL-tirane"
    assert listing["capacity"]["available"] > 0


@pytest.mark.parametrize("slug", PARTNERS_OF_CHILD_OF_TWELVE)
def test_every_country_has_a_partner_with_free_psychosocial_support(slug: str) -> None:
    [listing] = [item for item in listings_of(slug) if item["taxonomy_terms"] == ["psychosocial-support"]]
    assert listing["minimum_age"] <= 12 <= listing["maximum_age"]
    assert HOME[ORGANIZATIONS[listing["organization_id"]]["country"]] in listing["languages"]
    assert listing["capacity"]["available"] > 0


def test_every_country_has_a_help_line() -> None:
    lines = {
        ORGANIZATIONS[listing["organization_id"]]["country"]
        for listing in LISTINGS
        if listing["taxonomy_terms"] == ["hotline"]
    }
    assert lines == HOME.keys()


def test_help_lines_and_shelters_can_be_called_where_the_european_number_answers() -> None:
    shelters = {term for term, offer in OFFERS.items() if offer["family"] == "safe-accommodation"}
    called = {
        (ORGANIZATIONS[listing["organization_id"]]["country"], "phone" in listing)
        for listing in LISTINGS
        if {"hotline", *shelters} & set(listing["taxonomy_terms"])
    }
    assert called == {(country, country != "BA") for country in HOME}

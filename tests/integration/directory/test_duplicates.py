"""Records that may be one and the same are found by index, on save, and nothing confidential is compared."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from services.directory.adapters.duplicates import candidates, closest, keep_traits, pairs_among
from services.directory.bootstrap import Directory
from services.directory.domain.likeness import CERTAIN, Traits, blocking_keys, traits
from tests.support.directory import Agency

TIRANA = {"kind": "physical", "municipality": "AL-tirane"}


def unheard_of() -> str:
    """A name that nothing else in the database has."""
    return f"Qendra {uuid.uuid4().hex[:12]}"


def test_a_kept_organization_is_found_by_what_is_known_of_another(agency: Agency, directory: Directory) -> None:
    name = unheard_of()
    kept = agency.organization(name=name, email=f"{uuid.uuid4().hex}@agimi.example.org")
    with directory.engine.connect() as connection:
        found = closest(connection, "organization", traits(names=[f"{name} OJQ"], country="AL"))
        assert [record_id for record_id, _ in found] == [kept]
        assert closest(connection, "organization", traits(names=[name], country="AL"), besides=[kept]) == []
        assert closest(connection, "listing", traits(names=[name], country="AL")) == []
        assert closest(connection, "organization", traits(names=[])) == []


def test_two_listings_of_one_place_are_a_pair_and_one_elsewhere_is_not(agency: Agency, directory: Directory) -> None:
    name, organization = unheard_of(), agency.organization()
    one = agency.draft(name=name, organization_id=organization, location=TIRANA)["id"]
    other = agency.draft(name=name, organization_id=organization, location=TIRANA)["id"]
    far = {"kind": "physical", "municipality": "AL-vlore"}
    agency.draft(name=name, organization_id=organization, location=far)
    with directory.engine.connect() as connection:
        ((first, second, found),) = pairs_among(connection, "listing", [one])
    assert {first, second} == {one, other}
    assert found.score >= 0.7


def test_what_one_is_called_in_another_language_may_be_the_name_of_the_other(agency: Agency) -> None:
    albanian, serbian, told = unheard_of(), unheard_of(), unheard_of()
    sq, described = ({"language": "sq", "field": name} for name in ("name", "description"))
    translations = [sq | {"text": albanian}, described | {"text": told}]
    one, other = (agency.organization(name=f"{serbian} {number}") for number in ("prvi", "drugi treći"))
    in_serbian = {"source_language": "sr-Latn", "translations": translations, "location": TIRANA}
    first = agency.draft(name=serbian, organization_id=one, **in_serbian)["id"]
    second = agency.draft(name=albanian, organization_id=other, location=TIRANA)["id"]
    third = agency.draft(name=told, organization_id=other, location=TIRANA)["id"]
    (pair,) = agency.get("/duplicates?kind=listing").json()["items"]
    assert {record["id"] for record in pair["records"]} == {first, second}
    # A translated description names nothing.
    assert third not in str(pair)
    assert "similar_name" in [finding["code"] for finding in pair["findings"]]


def test_organizations_are_compared_by_their_translated_names(agency: Agency, other_agency: Agency) -> None:
    name, translated = unheard_of(), unheard_of()
    translations = [{"language": "sq", "field": "name", "text": translated}]
    agency.organization(name=name, source_language="sr-Latn", translations=translations)
    other_agency.organization(name=translated)
    # Of an organization that keeps nothing public another agency is told nothing, whatever it is called.
    assert agency.get("/duplicates?kind=organization").json()["items"] == []
    own = agency.organization(name=f"{translated} OJQ")
    (pair,) = agency.get("/duplicates?kind=organization").json()["items"]
    assert own in [record["id"] for record in pair["records"]]


def test_a_new_name_is_what_is_compared_from_then_on(agency: Agency, directory: Directory) -> None:
    name, renamed = unheard_of(), unheard_of()
    draft = agency.draft(name=name, location=TIRANA)
    body = {**content_of(draft), "name": renamed}
    assert agency.put(f"/listings/{draft['id']}", body, If_Match='"1"').status_code == 200
    with directory.engine.connect() as connection:
        asked: dict[str, Any] = {"country": "AL", "municipality": "AL-tirane"}
        assert draft["id"] not in candidates(connection, "listing", traits(names=[name], **asked))
        assert draft["id"] in candidates(connection, "listing", traits(names=[renamed], **asked))


def test_a_withdrawn_listing_is_no_duplicate(agency: Agency, directory: Directory) -> None:
    name = unheard_of()
    listing = agency.publish(name=name, location=TIRANA)
    assert agency.post(f"/listings/{listing['id']}/withdraw").status_code == 200
    with directory.engine.connect() as connection:
        assert closest(connection, "listing", traits(names=[name], country="AL", municipality="AL-tirane")) == []


def test_where_a_confidential_service_is_takes_no_part(agency: Agency, directory: Directory) -> None:
    hidden = {"kind": "confidential", "municipality": "AL-fier", "address_1": "Rruga e fshehtë 7"}
    listing = agency.draft(name=unheard_of(), location=hidden)
    with directory.engine.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT traits::text || (SELECT string_agg(key, ' ') FROM likeness_key k WHERE k.record_id = r.record_id)"
            f" FROM likeness_record r WHERE record_id = '{listing['id']}'"
        ).scalar_one()
    assert "fier" not in kept
    assert "fsheh" not in kept


def test_what_many_share_costs_no_time_and_finds_nothing(directory: Directory) -> None:
    crowd: dict[str, Traits] = {
        str(uuid.uuid4()): traits(names=[f"Njësi {uuid.uuid4().hex}"], urls=["shared.example.org"]) for _ in range(150)
    }
    with directory.engine.connect() as connection:
        keep_traits(connection, "organization", crowd)
        assert pairs_among(connection, "organization", list(crowd)) == []
        assert len(candidates(connection, "organization", traits(names=[], urls=["shared.example.org"]))) == 25
        connection.rollback()


def test_kept_traits_come_back_as_they_were(directory: Directory) -> None:
    record = traits(
        names=["Центар Шабац"],
        identifiers=[{"identifier_scheme": "RS-MB", "identifier": "0712"}],
        owner="x",
        country="RS",
        municipality="RS-sabac",
        emails=["A@b.example.org"],
        terms=["counselling"],
    )
    with directory.engine.connect() as connection:
        record_id = str(uuid.uuid4())
        keep_traits(connection, "organization", {record_id: record})
        assert candidates(connection, "organization", record)[record_id] == record
        ((found, score),) = closest(connection, "organization", record, least=CERTAIN)
        assert (found, score.score) == (record_id, CERTAIN)
        connection.rollback()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Qendra sociale Agimi", "Agimi Qendra"),
        ("Centar za socijalni rad Šabac", "Центар за социјални рад"),
        ("Këshillim për fëmijë", "Keshillimi per femijet"),
    ],
)
def test_names_that_are_alike_share_a_key_in_one_place(one: str, other: str) -> None:
    here: dict[str, Any] = {"country": "AL", "municipality": "AL-tirane"}
    assert blocking_keys(traits(names=[one], **here)) & blocking_keys(traits(names=[other], **here))


def content_of(listing: dict[str, Any]) -> dict[str, Any]:
    fields = ("name", "description", "taxonomy_terms", "languages", "serves", "location")
    return {name: listing[name] for name in fields}

"""Organizations, taxonomies and terms: how they are searched and narrowed, by address and by body alike."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from services.directory.adapters import queries
from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.hsds import take_over


def ids(client: Any, path: str, **criteria: Any) -> list[str]:
    """Return what is found, and hold the two ways of asking against each other."""
    by_address = client.get(path, params={"per_page": 100, **criteria})
    assert by_address.status_code == 200, by_address.text
    assert client.post(path, json={"per_page": 100, **criteria}).json() == by_address.json()
    return [entry["id"] for entry in by_address.json()["contents"]]


def codes(client: Any, **criteria: Any) -> list[str]:
    found = client.get("/taxonomy_terms", params={"per_page": 100, **criteria}).json()["contents"]
    return [term["code"] for term in found if "code" in term]


def feed(directory: Directory, name: str) -> str:
    """Publish an organization with a service from a feed, so that the public knows of it."""
    service = {"id": str(uuid.uuid4()), "name": "Service", "description": "From a feed.", "status": "active"}
    organization = {"id": str(uuid.uuid4()), "name": name, "description": "Helps."}
    take_over(directory, service, organization)
    return str(organization["id"])


@pytest.mark.parametrize("typed", ["Vjollca", "vjolca", "Vjollka", "ВЈОЛЛЦА", "vjoll", "qendra vjolcla"])
def test_an_organization_is_found_with_an_error_in_its_name(client: Any, directory: Directory, typed: str) -> None:
    found_id = feed(directory, "Qendra Vjollca")
    assert found_id in ids(client, "/organizations", search=typed)


@pytest.mark.parametrize("word", ["3e85f8ae", "7e2", "12a", "1e"])
def test_a_word_that_begins_like_a_number_is_one_word(client: Any, directory: Directory, word: str) -> None:
    found_id = feed(directory, f"Numbered {word}")
    assert found_id in ids(client, "/organizations", search=f"numbered {word}")


@pytest.mark.parametrize("typed", ["Vxqzjollca", "vjollca kopsht", "shkolla vjollca"])
def test_an_organization_is_not_found_by_what_it_is_not_called(client: Any, directory: Directory, typed: str) -> None:
    found_id = feed(directory, "Qendra Vjollca")
    assert found_id not in ids(client, "/organizations", search=typed)


def test_who_is_called_so_comes_before_who_says_so_and_better_fits_before_others(client: Any, agency: Agency) -> None:
    said = {
        "Aa Zhubroviste Tjeter": "A house for children of Kukuvajka.",
        "Bb Zhubroviste": "Kukuvajka and again Kukuvajka for every child.",
        "Zz Kukuvajka": "A house.",
        "Yy Kukuvajka E Madhe Per Te Gjithe": "A house.",
    }
    for name, description in said.items():
        owner = agency.organization(name=name, description=description)
        agency.publish(organization_id=owner)
    found = client.get("/organizations", params={"search": "kukuvajka"}).json()["contents"]
    assert [entry["name"] for entry in found] == [
        "Zz Kukuvajka", "Yy Kukuvajka E Madhe Per Te Gjithe", "Bb Zhubroviste", "Aa Zhubroviste Tjeter",
    ]  # fmt: skip
    both = client.get("/organizations", params={"search": "zhubroviste кукувајка"}).json()["contents"]
    assert {entry["name"] for entry in both} == {"Aa Zhubroviste Tjeter", "Bb Zhubroviste"}
    lines = client.get("/organizations", params={"search": "kukuvajka", "format": "ndjson"}).text.splitlines()
    assert [json.loads(line)["name"] for line in lines] == [entry["name"] for entry in found]


def test_an_organization_is_found_by_its_description_while_it_is_public_and_as_it_reads_now(
    client: Any, agency: Agency
) -> None:
    owner = agency.organization(name="Qendra", description="Says Vdrankule.")
    assert ids(client, "/organizations", search="vdrankule") == []
    listing = agency.publish(organization_id=owner)
    assert ids(client, "/organizations", search="vdrankule") == [owner]
    path = f"/own-organizations/{owner}"
    etag = agency.get(path).headers["ETag"]
    agency.put(path, {"name": "Qendra", "description": "Says Vdrankoli."}, If_Match=etag)
    assert ids(client, "/organizations", search="vdrankoli") == [owner]
    assert ids(client, "/organizations", search="vdrankule", organization_id=owner) == []
    agency.post(f"/listings/{listing['id']}/withdraw")
    assert ids(client, "/organizations", search="vdrankoli") == []


@pytest.mark.parametrize("typed", ["psikolog", "psikollog", "психолог", "psiholoog"])
def test_a_term_is_found_with_an_error_in_its_name(client: Any, typed: str) -> None:
    meant = codes(client, search="psikolog")
    assert meant
    assert set(codes(client, search=typed)) & set(meant)


def test_a_word_that_names_nothing_finds_no_term(client: Any) -> None:
    assert codes(client, search="xqzwv") == []
    assert codes(client, search="psikolog xqzwv") == []


def test_taxonomies_are_found_by_all_words_in_any_order(client: Any) -> None:
    taxonomy = client.get("/taxonomies").json()["contents"][0]
    words = taxonomy["name"].split()
    assert ids(client, "/taxonomies", search=" ".join(reversed(words))) == [taxonomy["id"]]
    assert ids(client, "/taxonomies", search=f"{words[0]} xqzwv") == []


def test_top_terms_and_those_below_one_are_asked_for_alone(client: Any) -> None:
    terms = client.get("/taxonomy_terms", params={"per_page": 100}).json()["contents"]
    top = [term["id"] for term in terms if not term.get("parent_id")]
    assert ids(client, "/taxonomy_terms", top_only=True) == top
    parent = next(term["parent_id"] for term in terms if term.get("parent_id"))
    below = [term["id"] for term in terms if term.get("parent_id") == parent]
    assert ids(client, "/taxonomy_terms", parent_id=parent) == below
    assert ids(client, "/taxonomy_terms", parent_id=parent, top_only=True) == []
    assert ids(client, "/taxonomy_terms", parent_id=str(uuid.uuid4())) == []
    taxonomy_id = client.get("/taxonomies").json()["contents"][0]["id"]
    assert ids(client, "/taxonomy_terms", taxonomy_id=str(uuid.uuid4())) == []
    assert set(ids(client, "/taxonomy_terms", taxonomy_id=taxonomy_id)) <= {term["id"] for term in terms}


def test_organizations_are_found_by_what_one_of_their_public_services_offers(
    client: Any, directory: Directory, agency: Agency
) -> None:
    organization_id = agency.organization()
    agency.publish(organization_id=organization_id, taxonomy_terms=["trauma-therapy"])
    agency.publish(organization_id=organization_id, taxonomy_terms=["legal-aid"], tier="network")
    # The lists show those of feeds, too, whose codes may be the same.
    with directory.engine.connect() as connection:
        ours = queries.taxonomy_terms(connection)
    term_of = {term["code"]: str(term["id"]) for term in ours}
    taxonomy_of = {term["code"]: str(term["taxonomy_id"]) for term in ours}
    own = {"organization_id": organization_id}
    assert ids(client, "/organizations", taxonomy_term_id=term_of["trauma-therapy"], **own) == [organization_id]
    assert ids(client, "/organizations", taxonomy_id=taxonomy_of["trauma-therapy"], **own) == [organization_id]
    # What only agencies may know of tells nothing of the organization.
    assert ids(client, "/organizations", taxonomy_term_id=term_of["legal-aid"], **own) == []
    assert ids(client, "/organizations", taxonomy_id=str(uuid.uuid4()), **own) == []


@pytest.mark.parametrize("path", ["/services", "/organizations", "/service_at_locations"])
def test_minimal_counts_before_full(client: Any, agency: Agency, path: str) -> None:
    own = {"organization_id": agency.publish()["organization_id"], "minimal": True}
    (entry,) = client.get(path, params={**own, "full": True}).json()["contents"]
    assert set(entry) == {"id", "last_modified", "modified_date"}
    assert client.post(path, json={**own, "full": True}).json()["contents"] == [entry]
    assert client.get(path, params=own).json()["contents"] == [entry]

"""Nothing stands above itself: not within a file, not across files, and no circle is too large to be seen."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from services.directory.application.parent_chains import LONGEST_CHAIN
from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.imports import codes_of, imported, packed


@pytest.fixture
def send(agency: Agency, directory: Directory) -> Any:
    """Import documents, one per line, and return what is wrong with them."""

    def run(*documents: dict[str, Any], by: Agency | None = None) -> list[tuple[str, str]]:
        content = "\n".join(map(json.dumps, documents))
        return codes_of(imported(directory, by or agency, content, format="ndjson", country="AL"))

    return run


def fresh(count: int) -> list[str]:
    return [str(uuid.uuid4()) for _ in range(count)]


def organization(own_id: str, parent: str | None = None) -> dict[str, Any]:
    above = {"parent_organization_id": parent} if parent else {}
    return {"id": own_id, "name": f"Organization {own_id[:4]}", "description": "One.", **above}


def term(own_id: str, parent: str | None = None) -> dict[str, Any]:
    above = {"parent_id": parent} if parent else {}
    return {"id": own_id, "name": "Term", "description": "One.", "code": own_id[:4], **above}


def service(owner: str, *terms: dict[str, Any]) -> dict[str, Any]:
    attributes = [{"id": each, "taxonomy_term": told} for each, told in zip(fresh(len(terms)), terms, strict=True)]
    own = {"id": fresh(1)[0], "name": "Service", "status": "active"}
    return {**own, "organization_id": owner, "attributes": attributes}


def ring(ids: Sequence[str]) -> list[dict[str, Any]]:
    return [organization(own, ids[(place + 1) % len(ids)]) for place, own in enumerate(ids)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_ring_of_very_many_is_not_taken_in(agency: Agency, directory: Directory, order: int) -> None:
    content = "\n".join(map(json.dumps, ring(fresh(1200))[::order]))
    job = imported(directory, agency, content, format="ndjson", country="AL", dry_run=True)
    refused = agency.get(f"/imports/{job['id']}/rows?action=refused").json()["items"]
    assert {error["code"] for row in refused for error in row["errors"]} == {"chain_too_long"}


def test_a_ring_just_as_long_as_is_looked_at_is_a_ring(send: Any) -> None:
    assert send(*ring(fresh(LONGEST_CHAIN))) == [("parent_organization_id", "cycle")]


def test_as_many_as_may_be_stand_above_one_another(send: Any) -> None:
    ids = fresh(LONGEST_CHAIN + 2)
    chain = [organization(own, above) for own, above in zip(ids, [None, *ids], strict=False)]
    assert send(*chain[:-1]) == []
    assert send(chain[-1]) == [("parent_organization_id", "chain_too_long")]


def test_a_ring_across_files_is_refused_where_it_closes(send: Any) -> None:
    one, two, three = fresh(3)
    assert send(organization(one, two)) == []
    assert send(organization(two, three.upper())) == []
    assert send(organization(three, one)) == [("parent_organization_id", "cycle")]
    assert send(organization(three), organization(one, two)) == []


def test_what_this_file_says_counts_more_than_what_was_taken_in_before(send: Any) -> None:
    one, two = fresh(2)
    assert send(organization(one, two)) == []
    assert send(organization(one), organization(two, one)) == []


def test_a_refused_one_makes_no_circle_for_others(send: Any) -> None:
    one, two, three = fresh(3)
    assert send(organization(one, two)) == []
    assert send(organization(two, one), organization(three, two)) == [("parent_organization_id", "cycle")]


def test_a_ring_with_an_organization_of_others_tells_nothing_of_theirs(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    one, two, theirs = fresh(3)
    for by, said in ((agency, organization(one)), (other_agency, organization(two, theirs)),
                     (other_agency, organization(theirs, one))):  # fmt: skip
        assert codes_of(imported(directory, by, json.dumps(said), format="ndjson", country="AL")) == []
    job = imported(directory, agency, json.dumps(organization(one, two)), format="ndjson", country="AL")
    assert codes_of(job) == [("parent_organization_id", "cycle")]
    assert theirs not in json.dumps(job)


def test_terms_within_attributes_are_looked_at_too(send: Any, agency: Agency) -> None:
    owner, (one, two) = agency.organization(), fresh(2)
    column = "attributes[0].taxonomy_term.parent_id"
    assert send(service(owner, term(one, two)), service(owner, term(two, one))) == [(column, "cycle")]
    assert send(term(one, two)) == []
    assert send(service(owner, term(two, one))) == [(column, "cycle")]
    assert send(service(owner, term(two)), service(owner, term(one, two))) == []


def test_terms_of_a_package_stand_in_no_circle(agency: Agency, directory: Directory) -> None:
    one, two = fresh(2)
    rows = f"{one},One,First.,{two}\n{two},Two,Second.,{one}\n"
    job = imported(directory, agency, packed({"taxonomy_terms": f"id,name,description,parent_id\n{rows}"}),
                   format="hsds-package")  # fmt: skip
    assert codes_of(job) == [("parent_id", "cycle")]


def test_another_agencys_terms_are_not_ours(send: Any, other_agency: Agency) -> None:
    one, two = fresh(2)
    assert send(term(one, two), by=other_agency) == []
    assert send(term(two, one)) == []

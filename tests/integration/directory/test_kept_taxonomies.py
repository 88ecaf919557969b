"""Taxonomies and terms that came with a feed are read like our own: one, in lists, by what they are called."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.hsds import VERSIONS, example, faults, judge, needs_schemas
from tests.support.imports import codes_of, imported, official_package
from tests.support.own_directory import own_directory


@pytest.fixture
def feed(agency: Agency, directory: Directory) -> dict[str, Any]:
    """Import a taxonomy with a term and one below it, under names that nothing else has."""
    mark = uuid.uuid4().hex
    taxonomy, top, below = (str(uuid.uuid4()) for _ in range(3))
    documents = [
        {"id": taxonomy, "name": f"Шkola {mark}", "description": "Of a feed.", "version": "1"},
        {"id": top, "name": f"Top {mark}", "description": "One.", "code": "T1", "taxonomy_id": taxonomy.upper()},
        {"id": below, "name": f"Below {mark}", "description": "Two.", "code": "T2", "parent_id": top,
         "taxonomy_detail": {"id": taxonomy, "name": "School", "description": "Of a feed."}},
    ]  # fmt: skip
    job = imported(directory, agency, "\n".join(map(json.dumps, documents)), format="ndjson")
    assert codes_of(job) == []
    return {"mark": mark, "taxonomy": taxonomy, "top": top, "below": below}


def ids(client: Any, path: str, **given: Any) -> list[str]:
    answer = client.get(path, params=given)
    assert answer.status_code == 200, answer.text
    return [entry["id"] for entry in answer.json()["contents"]]


def test_what_nobody_kept_is_not_found(client: Any) -> None:
    for path in ("/taxonomies", "/taxonomy_terms"):
        assert client.get(f"{path}/{uuid.uuid4()}").status_code == 404


def test_a_taxonomy_and_its_terms_are_read_by_id_and_found(client: Any, feed: dict[str, Any]) -> None:
    taxonomy, top, below, mark = (feed[name] for name in ("taxonomy", "top", "below", "mark"))
    assert client.get(f"/taxonomies/{taxonomy}").json()["name"] == f"Шkola {mark}"
    assert client.get(f"/taxonomy_terms/{below}").json()["parent_id"] == top
    assert client.get(f"/taxonomies/{top}").status_code == 404
    assert ids(client, "/taxonomies", search=f"shkola {mark}") == [taxonomy]
    assert ids(client, "/taxonomy_terms", search=mark[:20]) == sorted((top, below))
    assert ids(client, "/taxonomy_terms", search=f"top {mark}") == [top]
    assert ids(client, "/taxonomy_terms", taxonomy_id=taxonomy) == sorted((top, below))
    assert ids(client, "/taxonomy_terms", taxonomy_id=taxonomy, top_only=True) == [top]
    assert ids(client, "/taxonomy_terms", parent_id=top) == [below]
    assert ids(client, "/taxonomy_terms", search="100%_") == []


def test_lists_go_on_from_our_own_to_those_of_feeds(client: Any, feed: dict[str, Any]) -> None:
    for path, kept in (("/taxonomies", "taxonomy"), ("/taxonomy_terms", "below")):
        total = client.get(path).json()["total_items"]
        paged = [own_id for page in range(1, -(-total // 7) + 1) for own_id in ids(client, path, page=page, per_page=7)]
        lines = [json.loads(line)["id"] for line in client.get(f"{path}?format=ndjson").text.splitlines()]
        assert len(paged) == len(set(paged)) == total
        assert paged == lines
        assert feed[kept] in paged


def test_who_kept_it_first_tells_it(
    client: Any, feed: dict[str, Any], other_agency: Agency, directory: Directory
) -> None:
    other = {"id": feed["top"].upper(), "name": "Ours now", "description": "Taken."}
    job = imported(directory, other_agency, json.dumps({**other, "code": "X"}), format="ndjson")
    assert codes_of(job) == []
    assert client.get(f"/taxonomy_terms/{feed['top']}").json()["name"] == f"Top {feed['mark']}"
    assert ids(client, "/taxonomy_terms", search="ours now") == []


def test_our_own_are_not_told_by_others(client: Any, agency: Agency, directory: Directory) -> None:
    ours = client.get("/taxonomy_terms?per_page=1").json()["contents"][0]
    theirs = {"id": ours["id"], "name": "Another name", "description": "Taken.", "code": "X"}
    assert codes_of(imported(directory, agency, json.dumps(theirs), format="ndjson")) == []
    assert client.get(f"/taxonomy_terms/{ours['id']}").json()["name"] == ours["name"]
    assert ids(client, "/taxonomy_terms", search="another name") == []


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_those_of_the_official_package_conform(version: str) -> None:
    with own_directory() as own:
        agency, content = Agency(own.client, own.issuer), official_package(version)
        job = imported(own.directory, agency, content, format="hsds-package", country="AL", publish=True)
        for kind, path in (("taxonomy", "/taxonomies"), ("taxonomy_term", "/taxonomy_terms")):
            told = [row["id"] for row in job["rows"] if row["kind"] == kind]
            assert told
            for own_id in told:
                assert faults(judge(version, f"{kind}.json"), own.client.get(f"{path}/{own_id}").json()) == []
                plain = own.client.get(f"{path}/{own_id}?profile=hsds-{version}").json()
                assert faults(judge(version, f"{kind}.json", strict=True), plain) == []


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["taxonomy", "taxonomy_term"])
def test_the_official_examples_come_back_equal(agency: Agency, directory: Directory, version: str, name: str) -> None:
    given = example(version, name)
    mine = json.loads(json.dumps(given).replace(given["id"], str(uuid.uuid4())))
    assert codes_of(imported(directory, agency, json.dumps(mine), format="hsds-json")) == []
    path = {"taxonomy": "/taxonomies", "taxonomy_term": "/taxonomy_terms"}[name]
    assert agency.client.get(f"{path}/{mine['id']}").json() == mine

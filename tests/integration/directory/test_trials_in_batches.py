"""What a trial says of a file in many batches is what becomes of it, although no batch finds the one before written."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from services.directory.adapters import import_desk
from services.directory.application import run_import
from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, new_id, place, service
from tests.support.imports import codes_of, imported, packed

# Each of a small file is in a batch by itself, or nearly.
BATCHES = pytest.mark.parametrize("batch", [1, 3])


@pytest.fixture(params=["alone", "in three processes"], autouse=True)
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "alone":
        monkeypatch.setattr(import_desk, "LARGE_BYTES", 0)


def tried_and_done(
    directory: Directory, agency: Agency, content: str | bytes, **parameters: Any
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    tried = imported(directory, agency, content, dry_run=True, **parameters)
    assert tried["state"] == "checked"
    answer = agency.post(f"/imports/{tried['id']}/apply")
    assert answer.status_code == 202, answer.text
    while directory.run_next_import():
        pass
    rows = agency.get(f"/imports/{tried['id']}/rows?limit=200").json()["items"]
    return tried, {**agency.get(f"/imports/{tried['id']}").json(), "rows": rows}


def told(job: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [(row["kind"], row["action"], [fault["code"] for fault in row["errors"]]) for row in job["rows"]]


@BATCHES
def test_a_refused_organization_is_refused_to_the_services_of_later_batches(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(run_import, "BATCH", batch)
    owner = {"id": new_id(), "name": f"Pa shtet {a_word()}", "description": ""}
    services = [service(f"S {n}", organization=owner) for n in range(4)]
    tried, done = tried_and_done(directory, agency, "\n".join(map(json.dumps, services)), format="ndjson")
    assert told(tried) == told(done)
    assert [code for _, code in codes_of(tried)] == ["no_country", *["organization_refused"] * 4]


@BATCHES
def test_a_service_that_stands_before_its_organization_is_refused_as_it_will_be(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(run_import, "BATCH", batch)
    owner = {"id": new_id(), "name": f"Pas {a_word()}", "description": "Later."}
    bare = {"id": new_id(), "name": "Bare", "status": "active", "organization_id": owner["id"]}
    lines = "\n".join(map(json.dumps, (bare, owner, {**bare, "id": new_id()})))
    tried, done = tried_and_done(directory, agency, lines, format="ndjson", country="AL")
    assert told(tried) == told(done)
    assert [(column, code) for column, code in codes_of(tried)] == [("organization_id", "unknown_organization")]


@BATCHES
@pytest.mark.parametrize("format", ["ndjson", "hsds-json", "hsds-package"])
def test_an_organization_of_an_earlier_batch_is_known_to_later_ones(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch, batch: int, format: str
) -> None:
    monkeypatch.setattr(run_import, "BATCH", batch)
    owners = [{"id": new_id(), "name": f"Qendra {a_word()}", "description": "Në pako."} for _ in range(3)]
    services = [service(a_word(), organization=owners[n % 3]) for n in range(7)]
    content: str | bytes = "\n".join(map(json.dumps, services))
    if format == "hsds-json":
        content = json.dumps(services)
    if format == "hsds-package":
        rows = "".join(f"{each['id']},{each['organization']['id']},{each['name']},active\n" for each in services)
        own = "".join(f"{each['id']},{each['name']},{each['description']}\n" for each in owners)
        content = packed(
            {"organizations": f"id,name,description\n{own}", "services": f"id,organization_id,name,status\n{rows}"}
        )
    tried, done = tried_and_done(directory, agency, content, format=format, country="AL")
    assert codes_of(tried) == []
    assert told(tried) == told(done)
    assert tried["counts"] == done["counts"]
    assert tried["counts"]["created"] == 10


def test_services_at_places_are_tried_in_batches_too(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "BATCH", 1)
    owner = {"id": new_id(), "name": f"Qendra {a_word()}", "description": "Me vende."}
    told_of = [service(a_word(), organization=owner) for _ in range(3)]
    rows = [{**place("AL-tirane"), "service": each} for each in (*told_of, *told_of)]
    content = "\n".join(map(json.dumps, rows))
    tried, done = tried_and_done(directory, agency, content, format="ndjson", country="AL")
    assert (codes_of(tried), told(tried)) == ([], told(done))
    assert done["counts"]["created"] == 4


def test_a_trial_that_goes_on_after_an_interruption_remembers_what_it_said(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "BATCH", 2)
    owners = [{"id": str(uuid.uuid4()), "name": f"Q {a_word()}", "description": ""} for _ in range(2)]
    nowhere = {"id": new_id(), "name": f"Pa shtet {a_word()}", "description": "", "x_address": 1}
    lines = [*owners, nowhere, *(service(a_word(), organization=each) for each in (*owners, nowhere, *owners))]
    for each in lines[:2]:
        each["locations"] = [place("AL-tirane")["location"]]
    content = "\n".join(map(json.dumps, lines))
    import_id = agency.upload(content, format="ndjson", dry_run=True).json()["id"]
    write = run_import._Run._write

    def broken(run: Any, batch: Any, first: int, batches: Any) -> bool:
        if first > 3:
            raise RuntimeError
        return write(run, batch, first, batches)

    monkeypatch.setattr(run_import._Run, "_write", broken)
    with pytest.raises(RuntimeError):
        directory.run_next_import()
    monkeypatch.setattr(run_import._Run, "_write", write)
    while directory.run_next_import():
        pass
    rows = agency.get(f"/imports/{import_id}/rows").json()["items"]
    assert [(row["action"], [fault["code"] for fault in row["errors"]]) for row in rows] == [
        ("created", []),
        ("created", []),
        ("refused", ["no_country"]),
        ("created", []),
        ("created", []),
        ("refused", ["organization_refused"]),
        ("created", []),
        ("created", []),
    ]

"""Whatever stands in a file, it harms nothing but itself: the worker goes on, and memory stays what it is."""

from __future__ import annotations

import json
import threading
import uuid
from collections import deque
from typing import Any

import pytest

from services.directory.application.judge_records import Judge
from services.directory.bootstrap import Directory
from services.directory.domain.imports import MOST_ATTEMPTS
from services.directory.entrypoints import worker
from tests.support.directory import Agency
from tests.support.import_runs import HEADER, errors_of, imported, row, work_off


def a_service(**more: Any) -> dict[str, Any]:
    owner = {"id": str(uuid.uuid4()), "name": "Agimi", "description": "A centre."}
    return {"id": str(uuid.uuid4()), "name": "Help", "status": "active", "organization": owner, **more}


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"x_note": "a\0b"}, "x_note"),
        ({"x\0note": "a"}, "xnote"),
        ({"x": [{"deep\0er": 1}]}, "x"),
        ({"id": "a\0b"}, "id"),
        ({"phones": [{"id": str(uuid.uuid4()), "number": "1", "x": "\0"}]}, "phones"),
    ],
)
def test_a_sign_that_cannot_be_kept_refuses_its_record_alone(
    agency: Agency, directory: Directory, more: dict[str, Any], column: str
) -> None:
    lines = "\n".join(json.dumps(document) for document in (a_service(**more), a_service()))
    job = imported(agency, directory, lines, format="ndjson", dry_run=False, country="AL")
    assert job["state"] == "done", job
    assert (column, "not_text") in errors_of(job)
    assert job["counts"]["created"] == 3


def test_nor_does_one_in_a_table(agency: Agency, directory: Directory) -> None:
    content = HEADER + row("a\0", "Na\0me") + row("b")
    job = imported(agency, directory, content, dry_run=False, organization_id=agency.organization())
    assert (job["state"], job["counts"]["created"], job["counts"]["refused"]) == ("done", 1, 1), job


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("csv", HEADER + "".join(row(f"a{number}") for number in range(700)) + 'b,"never closed\n'),
        ("ndjson", "\n".join([*(json.dumps(a_service()) for _ in range(350)), '{"id": '])),
        ("hsds-json", json.dumps([a_service() for _ in range(350)])[:-1] + ', {"id": }]'),
    ],
    ids=["csv", "ndjson", "hsds-json"],
)
def test_a_file_that_breaks_in_the_middle_is_not_written_at_all(
    agency: Agency, directory: Directory, format: str, content: str
) -> None:
    wanted = {"format": format, "organization_id": agency.organization(), "dry_run": False, "country": "AL"}
    job = imported(agency, directory, content, **wanted)
    assert (job["state"], job["through"], job["rows"]) == ("failed", 0, []), job
    assert agency.get("/listings").json()["items"] == []


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def fail(*_: Any) -> Any:
        raise ArithmeticError("a fault of ours")

    monkeypatch.setattr(Judge, "decide", fail)
    return monkeypatch


def fail_once(directory: Directory) -> None:
    # The attempt before holds the import until the database has noticed that its connection is gone.
    with pytest.raises(ArithmeticError):
        deque(iter(directory.run_next_import, None), maxlen=0)


def test_an_import_that_fails_by_a_fault_of_ours_is_given_up(
    agency: Agency, directory: Directory, broken: pytest.MonkeyPatch
) -> None:
    import_id = agency.upload(HEADER + row("a"), organization_id=agency.organization(), dry_run=False).json()["id"]
    for _ in range(MOST_ATTEMPTS):
        fail_once(directory)
    broken.undo()
    job = work_off(agency, directory, import_id)
    assert (job["state"], job["problem"]["code"], job["rows"]) == ("failed", "internal_error", [])


def test_a_batch_that_is_written_begins_the_count_of_attempts_anew(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide, asked = Judge.decide, []

    def fail_twice_a_batch(*given: Any) -> Any:
        asked.append(given)
        if len(asked) % 3:
            raise ArithmeticError("a fault of ours")
        return decide(*given)

    monkeypatch.setattr(Judge, "decide", fail_twice_a_batch)
    content = HEADER + "".join(row(f"a{number}", f"Place {number}") for number in range(1_001))
    import_id = agency.upload(content, organization_id=agency.organization()).json()["id"]
    for _ in range(MOST_ATTEMPTS + 1):
        fail_once(directory)
    monkeypatch.undo()
    assert work_off(agency, directory, import_id)["state"] == "checked"


def test_the_role_of_imports_goes_on_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, results = threading.Event(), [False, True, ArithmeticError("a fault of ours")]

    class Faulty:
        def run_next_import(self, *, is_small: bool) -> bool:
            if not results:
                stop.set()
                return False
            result = results.pop()
            if isinstance(result, Exception):
                raise result
            return bool(result)

    monkeypatch.setattr(worker, "_IMPORT_SECONDS", 0)
    worker.run_imports(Faulty(), stop)  # type: ignore[arg-type]
    assert results == []

"""The report on a file: in the reader's language, with the file's own names of columns, and how far the reading is."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from services.directory.adapters.import_store import SqlImportStore
from services.directory.adapters.wording import FOLDER
from services.directory.application import run_import
from services.directory.bootstrap import Directory
from services.directory.domain.imports import Format, Import, State
from tests.support.directory import Agency
from tests.support.imports import imported, packed

HEADER = "Emri,përshkrimi,llojet e ndihmës, Gjuhët ,kush mund ta gjejë,agjencitë e zgjedhura\n"
ROW = "Qendra,Biseda.,psychosocial-support,gjermanisht,,\n"
MISFIT = "Tjetra,Biseda.,psychosocial-support,sq,rrjeti,0fb4c1de-3f57-5a6b-8c9d-0e1f2a3b4c5d\n"
NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


def errors_of(agency: Agency, import_id: str, language: str | None) -> tuple[list[dict[str, Any]], Any]:
    headers = {"Accept_Language": language} if language else {}
    answer = agency.request("GET", f"/imports/{import_id}/rows", **headers)
    return [error for row in answer.json()["items"] for error in row["errors"]], answer


def test_faults_are_told_in_the_language_asked_for_and_columns_as_the_file_calls_them(
    agency: Agency, directory: Directory
) -> None:
    job = imported(directory, agency, HEADER + ROW + MISFIT, organization_id=agency.organization())
    english, _ = errors_of(agency, job["id"], None)
    assert {(error["column"], error["header"]) for error in english} == {("languages", "Gjuhët"), ("", None)}
    assert english[0]["text"] == "gjermanisht is no language code such as sq or sr."
    albanian, answer = errors_of(agency, job["id"], "sq-AL")
    assert answer.headers["Content-Language"] == "sq"
    assert "Accept-Language" in answer.headers["Vary"]
    assert albanian[0]["text"].startswith("gjermanisht")
    assert albanian[0]["text"] != english[0]["text"]
    assert albanian[0]["code"] == english[0]["code"]
    (misfit,) = [error for error in albanian if error["code"] == "does_not_fit"]
    assert misfit["params"]["code"] == "tier_and_agencies_differ"
    assert misfit["text"] != misfit["params"]["detail"]


def test_a_file_that_cannot_be_read_is_told_in_the_language_asked_for(agency: Agency, directory: Directory) -> None:
    job = imported(directory, agency, "a,b\n1,2\n")
    assert job["problem"]["text"] == "The first line names none of the columns. Take the template."
    read = agency.request("GET", f"/imports/{job['id']}", Accept_Language="sr-Latn")
    assert [each.headers["Vary"] for each in (read, agency.get("/imports"))] == ["Accept-Language"] * 2
    turned = read.json()
    words = yaml.safe_load((FOLDER / "sr-Cyrl.yaml").read_text(encoding="utf-8"))
    assert turned["problem"]["text"] not in (job["problem"]["text"], words["faults"]["no_columns"])


def test_a_file_without_the_column_of_places_served_is_taken_in(agency: Agency, directory: Directory) -> None:
    header = "name,description,kinds of help,languages\n"
    row = "Qendra pa vend,Biseda.,psychosocial-support,sq\n"
    job = imported(directory, agency, header + row, organization_id=agency.organization())
    assert (job["state"], job["counts"]["created"]) == ("done", 1)


def test_at_its_end_a_file_is_read_whole(agency: Agency, directory: Directory) -> None:
    content = HEADER + ROW
    job = imported(directory, agency, content, organization_id=agency.organization())
    assert (job["bytes_read"], job["size"], job["seconds_left"]) == (len(content.encode()),) * 2 + (None,)


def test_how_much_of_a_package_is_read_grows_to_the_whole(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int | None, int | None]] = []
    advance = SqlImportStore.advance

    def noted(store: SqlImportStore, job: Import, expected: int) -> bool:
        assert job.read_since
        told.append((job.bytes_read, job.seconds_left(job.read_since + timedelta(seconds=10))))
        return advance(store, job, expected)

    monkeypatch.setattr(SqlImportStore, "advance", noted)
    monkeypatch.setattr(run_import, "BATCH", 2)
    owner = uuid.uuid4()
    rows = "".join(f"{uuid.uuid4()},{owner},Shërbimi {number},active\n" for number in range(7))
    content = packed(
        {
            "organizations": f"id,name,description\n{owner},Qendra e paketës,Për fëmijë.\n",
            "services": f"id,organization_id,name,status\n{rows}",
        }
    )
    job = imported(directory, agency, content, format="hsds-package", country="AL")
    size = len(content)
    assert [read for read, _ in told] == [size * 2 // 8, size * 4 // 8, size * 6 // 8, size]
    assert [left for _, left in told] == [pytest.approx(left, abs=1) for left in (30, 10, 3, 0)]
    assert (job["bytes_read"], job["size"], job["seconds_left"]) == (size, size, None)


def test_a_header_that_the_database_cannot_hold_stops_nothing(agency: Agency, directory: Directory) -> None:
    owner = agency.organization()
    job = imported(directory, agency, HEADER.replace("Emri", "Em\0ri") + ROW, organization_id=owner)
    assert job["state"] in ("done", "failed")


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, 30),
        ({"bytes_read": 1000}, 0),
        ({"bytes_read": None}, None),
        ({"state": State.DONE}, None),
        ({"started_at": None}, None),
        ({"position": 0}, None),
        # What it took to look through the file, or to read the tables of a package, is not reckoned with.
        ({"read_since": NOW - timedelta(seconds=4)}, 12),
    ],
)
def test_the_rest_is_expected_to_go_on_like_what_is_read(changes: dict[str, Any], left: int | None) -> None:
    going = {"state": State.RUNNING, "bytes_read": 250, "position": 500, "started_at": NOW - timedelta(seconds=10)}
    job = Import(
        id="one", agency_id="a", subject="s", client_id="c", format=Format.CSV, is_trial=True, publish=False,
        skip_duplicates=False, organization_id=None, country=None, size=1000, created_at=NOW, expires_at=NOW,
        **{**going, **changes},
    )  # fmt: skip
    assert job.seconds_left(NOW) == left

"""An import is called by the name of its file, which its own agency alone sees, for as long as the report is kept."""

from __future__ import annotations

import logging
import uuid

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from services.directory.domain.file_names import LONGEST
from tests.support.directory import Agency

FILE = "name,description,kinds of help,languages,serves\n"


def sent(agency: Agency, disposition: str | None) -> str:
    bearer = agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes)
    headers = {**bearer, "Idempotency-Key": str(uuid.uuid4()), "Content-Type": "text/csv"}
    if disposition is not None:
        headers["Content-Disposition"] = disposition
    query = {"format": "csv", "organization_id": agency.organization()}
    answer = agency.client.post("/imports", params=query, content=FILE.encode(), headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (None, None),
        ("attachment", None),
        ('attachment; filename=""', None),
        ('attachment; filename="services.csv"', "services.csv"),
        ("attachment; filename*=UTF-8''sh%C3%ABrbimet%20%C5%A0.csv", "shërbimet Š.csv"),
        ('attachment; filename="C:\\\\Users\\\\Ana\\\\list.csv"', "list.csv"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("attachment; filename*=UTF-8''a%00b%0Ac%E2%80%AEd.csv", "a b c d.csv"),
        (f"attachment; filename={'x' * 900}", "x" * LONGEST),
    ],
)
def test_a_file_is_called_as_whoever_sent_it_calls_it(
    agency: Agency, disposition: str | None, name: str | None
) -> None:
    import_id = sent(agency, disposition)
    assert agency.get(f"/imports/{import_id}").json()["file_name"] == name
    assert [item["file_name"] for item in agency.get("/imports").json()["items"]] == [name]


def test_the_name_stands_in_no_log_and_goes_with_the_report(
    agency: Agency, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    import_id = sent(agency, 'attachment; filename="case-of-mirjeta.csv"')
    while directory.run_next_import():
        pass
    assert "mirjeta" not in caplog.text
    with directory.engine.begin() as connection:
        lapse = text("UPDATE import_job SET expires_at = now() - interval '1 day' WHERE id = :id")
        connection.execute(lapse, {"id": import_id})
    directory.tick()
    assert agency.get(f"/imports/{import_id}").json()["file_name"] is None

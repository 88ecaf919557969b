"""A large file goes through processes of their own; what comes of it is what comes of a small one."""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections.abc import Iterator
from multiprocessing import active_children
from typing import Any

import pytest
from sqlalchemy import select, text, update

from services.directory.adapters import import_desk, row_making
from services.directory.adapters.document_tables import published_document, published_hours, published_place
from services.directory.adapters.documents import publish_documents
from services.directory.adapters.import_tables import import_job
from services.directory.adapters.new_listings import NewListings
from services.directory.adapters.own_process import Lost
from services.directory.domain.imports import State
from tests.support.directory import Agency
from tests.support.import_runs import work_off
from tests.support.imports import codes_of, imported
from tests.support.own_directory import OwnDirectory, own_directory

SERVICES = 620


@pytest.fixture(scope="module")
def own() -> Iterator[OwnDirectory]:
    with own_directory() as built:
        yield built


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_desk, "LARGE_BYTES", 0)


def id_of(mark: str, *parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join(map(str, (mark, *parts)))))


HOURS = {"opens_at": "08:00", "closes_at": "16:00"}


def service(mark: str, number: int, **told: Any) -> dict[str, Any]:
    own_id, place = id_of(mark, "service", number), id_of(mark, "place", number)
    return {
        "id": own_id,
        "name": f"Këshillim {'Šabac' if number % 2 else 'Шумен'} {number // 2}",
        "description": "Talks \\ and\tgames.\nEvery day.",
        "status": "active",
        "organization": {"id": id_of(mark, "owner", number // 3), "name": f"Shoqata {mark}", "description": ""},
        "minimum_age": 5.5,
        "maximum_age": 17,
        "zzz": {"bb": [1e22, -0.0, 1e-7, 2**70, {"b": None, "aa": "ë"}], "a": 1.0, "ëë": ""},
        "schedules": [{"id": id_of(mark, "hours", number), "freq": "WEEKLY", "byday": "MO", **HOURS}],
        "service_at_locations": [
            {
                "id": id_of(mark, "pair", number),
                "location": {
                    "id": place,
                    "location_type": "physical",
                    "name": "Tiranë",
                    **({"latitude": 41, "longitude": 19.8} if number % 2 else {}),
                    "addresses": [
                        {
                            "id": id_of(mark, "address", number), "address_1": "Rruga 1", "city": "Tiranë",
                            "state_province": "", "postal_code": "", "country": "AL", "address_type": "physical",
                        }
                    ],
                },
            }
        ],
        **told,
    }  # fmt: skip


def lines(mark: str, count: int = SERVICES) -> str:
    return "\n".join(json.dumps(service(mark, number)) for number in range(count))


def documents(own: OwnDirectory) -> list[dict[str, Any]]:
    """Return what the public sees of all services, but for the moment at which they came."""
    shown = select(published_document.c.in_full).order_by(published_document.c.listing_id)
    with own.directory.engine.connect() as connection:
        return [{**json.loads(text), "last_modified": None} for text in connection.scalars(shown)]


def send(own: OwnDirectory, content: str, **parameters: Any) -> dict[str, Any]:
    return imported(own.directory, Agency(own.client, own.issuer), content, format="ndjson", country="AL", **parameters)


def test_large_and_small_come_to_the_same(own: OwnDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    small = send(own, lines("same"), publish=True)
    monkeypatch.setattr(import_desk, "LARGE_BYTES", 0)
    with own_directory() as other:
        large = send(other, lines("same"), publish=True)
        assert documents(other) == documents(own)
    assert (small["state"], large["state"]) == ("done", "done")
    assert large["counts"] == small["counts"]
    assert large["counts"]["created"] == SERVICES + len({number // 3 for number in range(SERVICES)})
    assert large["counts"]["possible_duplicates"] > 0
    assert large["rows"] == small["rows"]
    assert active_children() == []


def test_what_is_made_without_reading_is_what_reading_would_make(own: OwnDirectory) -> None:
    send(own, "\n".join(json.dumps(service("again", number)) for number in range(12)), publish=True)
    ids = [id_of("again", "service", number) for number in range(12)]
    changes = text("SELECT count(*) FROM public_change")

    def shown(connection: Any) -> list[Any]:
        tables = (published_document, published_place, published_hours)
        return [
            sorted(map(repr, connection.execute(select(table).where(table.c.listing_id.in_(ids))))) for table in tables
        ]

    with own.directory.engine.begin() as connection:
        before, told = shown(connection), connection.scalar(changes)
        publish_documents(connection, ids, anew=True)
        assert (shown(connection), connection.scalar(changes)) == (before, told)
    assert all(before)


@pytest.mark.usefixtures("large")
def test_a_large_file_that_breaks_in_the_middle_is_not_written_at_all(own: OwnDirectory) -> None:
    job = send(own, lines("broken", 3) + "\n{")
    assert (job["state"], job["problem"]["code"], job["rows"]) == ("failed", "bad_json", [])
    assert active_children() == []


@pytest.mark.usefixtures("large")
def test_faults_of_a_large_file_are_told_as_those_of_a_small_one(
    own: OwnDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = [
        service("bad", 0, status="open"),
        service("bad", 1, name="\0a"),
        service("bad", 2),
        service("bad", 2, minimum_age="many"),
    ]
    content = "\n".join(map(json.dumps, bad))
    large = send(own, content, dry_run=True)
    monkeypatch.undo()
    small = send(own, content, dry_run=True)
    assert codes_of(large) == codes_of(small)
    assert {code for _, code in codes_of(large)} == {"not_allowed", "not_text", "duplicate_id", "not_number"}


@pytest.mark.usefixtures("large")
def test_a_large_import_goes_on_after_one_of_its_processes_was_killed(
    own: OwnDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = Agency(own.client, own.issuer)
    wanted = {"format": "ndjson", "country": "AL", "dry_run": False, "publish": True}
    import_id = agency.upload(lines("killed", 30), **wanted).json()["id"]
    parts, killed = row_making._parts, []

    def kill(new: NewListings) -> Iterator[NewListings]:
        for child in active_children():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
            child.join()
            killed.append(child.pid)
        return parts(new)

    monkeypatch.setattr(row_making, "_parts", kill)
    with pytest.raises(Lost):
        own.directory.run_next_import()
    monkeypatch.setattr(row_making, "_parts", parts)
    assert killed
    job = work_off(agency, own.directory, import_id)
    assert (job["state"], job["counts"]["created"]) == ("done", 40)
    assert active_children() == []


@pytest.mark.usefixtures("large")
def test_a_fault_in_making_rows_leaves_nothing_of_the_batch(own: OwnDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = Agency(own.client, own.issuer)
    wanted = {"format": "ndjson", "country": "AL", "dry_run": False, "publish": True}
    import_id = agency.upload(lines("faulty", 6), **wanted).json()["id"]
    parts = row_making._parts

    def spoilt(new: NewListings) -> Iterator[NewListings]:
        return (NewListings(**{**vars(part), "owners": {}}) for part in parts(new))

    monkeypatch.setattr(row_making, "_parts", spoilt)
    with pytest.raises(KeyError):
        own.directory.run_next_import()
    with own.directory.engine.connect() as connection:
        written = text("SELECT count(*) FROM listing WHERE id = :id")
        assert connection.scalar(written, {"id": id_of("faulty", "service", 0)}) == 0
    monkeypatch.setattr(row_making, "_parts", parts)
    assert work_off(agency, own.directory, import_id)["state"] == "done"


@pytest.mark.usefixtures("large")
def test_a_large_import_that_is_stopped_writes_no_more(own: OwnDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = Agency(own.client, own.issuer)
    wanted = {"format": "ndjson", "country": "AL", "dry_run": False, "publish": True}
    import_id = agency.upload(lines("stopped", 6), **wanted).json()["id"]
    parts = row_making._parts

    def stop(new: NewListings) -> Iterator[NewListings]:
        with own.directory.engine.begin() as connection:
            this = update(import_job).where(import_job.c.id == import_id)
            connection.execute(this.values(state=State.CANCELLED))
        return parts(new)

    monkeypatch.setattr(row_making, "_parts", stop)
    assert own.directory.run_next_import()
    with own.directory.engine.connect() as connection:
        written = text("SELECT count(*) FROM listing WHERE id = :id")
        assert connection.scalar(written, {"id": id_of("stopped", "service", 0)}) == 0
    assert active_children() == []

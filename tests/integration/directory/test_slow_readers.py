"""Who takes a stream too slowly, or goes away in the middle of it, holds nothing: no slot, thread or transaction."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

import httpx
import pytest
from sqlalchemy import text

from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change
from tests.support.own_directory import OwnDirectory, own_directory
from tests.support.served import served_directory

STREAM = "/services?format=ndjson&full=true"
# More than the buffers of both sockets hold.
MANY, LONG = 3000, 5000
SLOTS = 4


@pytest.fixture(scope="module")
def filled() -> Iterator[OwnDirectory]:
    with own_directory() as own:
        now, owner = (
            own.directory.clock.now(),
            Organization(id=str(uuid.uuid4()), name="Keeper", description="Keeps many.", country="AL"),
        )
        kept = [a_listing(f"Service {number}", owner, now) for number in range(MANY)]
        with own.directory.unit_of_work() as uow:
            uow.organizations.add(owner, now)
            for start in range(0, MANY, 500):
                uow.listings.add_many([(each, Change(action="publish", at=now)) for each in kept[start : start + 500]])
            uow.commit()
        yield own


def a_listing(name: str, owner: Organization, now: datetime) -> Listing:
    content = ListingContent(name=name, description="x" * LONG, taxonomy_terms=(), languages=("sq",), serves=("AL",))
    listing = Listing(
        id=str(uuid.uuid4()), organization_id=owner.id, content=content, created_at=now, last_modified=now
    )
    listing.publish(now)
    return listing


def url_of(own: OwnDirectory) -> str:
    return own.directory.engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def impatient(filled: OwnDirectory) -> Iterator[int]:
    with served_directory(url_of(filled), READER_PATIENCE_SECONDS="0.5", READER_BYTES_PER_SECOND="1000000") as port:
        yield port


@pytest.fixture(scope="module")
def patient(filled: OwnDirectory) -> Iterator[int]:
    with served_directory(url_of(filled), READER_PATIENCE_SECONDS="3600") as port:
        yield port


def asked(port: int, path: str = STREAM) -> socket.socket:
    """Ask, and read no more than the beginning of the answer."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.settimeout(60)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert reader.recv(12) == b"HTTP/1.1 200"
    return reader


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"


def transactions(own: OwnDirectory) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with own.directory.engine.connect() as connection:
        return int(connection.execute(text(f"{asked} AND state LIKE 'idle in transaction%'")).scalar_one())


def rest_of(reader: socket.socket) -> bytes:
    """Return what still comes, to the end or the cut."""
    read = b""
    try:
        while piece := reader.recv(1_000_000):
            read += piece
    except ConnectionResetError:
        pass
    return read


def status_of(port: int) -> int:
    with httpx.stream("GET", f"http://127.0.0.1:{port}/taxonomies?format=ndjson", trust_env=False) as answer:
        return answer.status_code


@pytest.mark.parametrize("path", [STREAM, "/exports?format=ndjson", "/exports?format=hsds-json"])
def test_who_does_not_read_is_cut_off(filled: OwnDirectory, impatient: int, path: str) -> None:
    readers = [asked(impatient, path) for _ in range(SLOTS)]
    until(lambda: status_of(impatient) == 200)
    until(lambda: transactions(filled) == 0)
    for reader in readers:
        with reader:
            # An answer in chunks ends with an empty one.
            assert not rest_of(reader).endswith(b"0\r\n\r\n")


def test_who_reads_on_gets_all_of_it(impatient: int) -> None:
    answer = httpx.get(f"http://127.0.0.1:{impatient}{STREAM}", trust_env=False, timeout=60)
    assert len(answer.text.splitlines()) == MANY


def test_while_there_is_patience_a_slow_reader_keeps_its_place(filled: OwnDirectory, patient: int) -> None:
    readers = [asked(patient) for _ in range(SLOTS)]
    until(lambda: transactions(filled) == SLOTS)
    assert status_of(patient) == 429
    for reader in readers:
        reader.close()
    until(lambda: status_of(patient) == 200)
    until(lambda: transactions(filled) == 0)


def test_a_stream_has_an_end_whoever_reads_it(filled: OwnDirectory) -> None:
    with served_directory(url_of(filled), READER_PATIENCE_SECONDS="3600", STREAM_MAX_SECONDS="0.05") as port:
        with asked(port) as reader:
            assert not rest_of(reader).endswith(b"0\r\n\r\n")
        until(lambda: transactions(filled) == 0)
        assert status_of(port) == 200

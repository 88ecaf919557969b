"""Files of everything public are ready: made once for each state, and not sent to who has that state already."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.adapters import ready_exports
from services.directory.domain.imports import Format
from tests.support.directory import Agency, listing_body
from tests.support.own_directory import OwnDirectory, own_directory
from tests.support.running_system import eventually

FORMATS = ("ndjson", "hsds-json", "hsds-package")


@pytest.fixture(scope="module")
def own() -> Iterator[OwnDirectory]:
    with own_directory() as built:
        yield built


@pytest.fixture
def agency(own: OwnDirectory) -> Agency:
    return Agency(own.client, own.issuer)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the formats of the files that are made."""
    formats: list[str] = []
    write = ready_exports.pieces_of

    def noted(exported: Any, written: Any, version: str) -> Iterator[bytes]:
        formats.append(written.value)
        return write(exported, written, version)

    monkeypatch.setattr(ready_exports, "pieces_of", noted)
    return formats


def read(own: OwnDirectory, format: str = "ndjson", tag: str = "", since: str = "", **more: str) -> Any:
    headers = {name: value for name, value in (("If-None-Match", tag), ("If-Modified-Since", since)) if value}
    return own.client.get("/exports", params={"format": format, **more}, headers=headers)


def dated(own: OwnDirectory, format: str = "ndjson") -> str:
    """Read the file of a state that came to be an hour ago, and return the date it has."""
    read(own, format)
    with own.directory.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE public_state SET since = since - interval '1 hour'")
    return str(read(own, format).headers["last-modified"])


def ids(answer: Any) -> set[str]:
    return {json.loads(line)["id"] for line in answer.text.splitlines()}


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_is_made_once_for_each_state(own: OwnDirectory, agency: Agency, made: list[str], format: str) -> None:
    agency.publish()
    first, second = read(own, format), read(own, format)
    assert (first.status_code, second.status_code, made) == (200, 200, [format])
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["last-modified"]


@pytest.mark.parametrize("format", FORMATS)
def test_who_has_the_state_gets_nothing_of_it_again(
    own: OwnDirectory, agency: Agency, made: list[str], format: str
) -> None:
    agency.publish()
    tag = read(own, format).headers["etag"]
    again = read(own, format, tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["access-control-allow-origin"] == "*"
    assert made == [format]
    agency.publish()
    assert read(own, format, tag).status_code == 200
    assert made == [format, format]


def test_each_format_and_version_has_a_state_of_its_own(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    tag = read(own).headers["etag"]
    assert read(own, "hsds-json", tag).status_code == 200
    assert read(own, tag=tag, version="3.0").status_code == 200


def test_what_is_published_changed_or_withdrawn_is_in_the_next_file(own: OwnDirectory, agency: Agency) -> None:
    before = read(own)
    listing = agency.publish()
    after = read(own)
    assert ids(after) - ids(before) == {listing["id"]}
    assert agency.post(f"/listings/{listing['id']}/withdraw").status_code == 200
    last = read(own)
    assert listing["id"] not in ids(last)
    assert len({answer.headers["etag"] for answer in (before, after, last)}) == 3


def test_what_is_not_public_makes_no_new_state(own: OwnDirectory, agency: Agency) -> None:
    """Whoever asks again and again would learn from a new one that something hidden has changed."""
    organization = agency.organization()
    tag = read(own).headers["etag"]
    agency.draft(organization_id=organization)
    agency.publish(organization_id=organization, tier="network")
    assert read(own, tag=tag).status_code == 304


def test_a_change_that_is_committed_late_makes_a_new_state(own: OwnDirectory, agency: Agency) -> None:
    note = (
        "INSERT INTO public_change (kind, id, change, last_modified) VALUES ('service', gen_random_uuid(), 'x', now())"
    )
    with own.directory.engine.connect() as late:
        late.exec_driver_sql(note)
        agency.publish()
        tag = read(own).headers["etag"]
        late.commit()
    assert read(own, tag=tag).status_code == 200


def test_giving_numbers_to_changes_makes_no_new_state(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    tag = read(own).headers["etag"]
    assert own.client.get("/changes").status_code == 200
    assert read(own, tag=tag).status_code == 304


def on_disk(words: str) -> list[str]:
    """Return the open files of this process that have no name any more and hold the words."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            is_unnamed = os.readlink(entry).endswith("(deleted)")
            size = os.fstat(int(entry.name)).st_size
            if is_unnamed and words.encode() in os.pread(int(entry.name), size, 0):
                found.append(entry.name)
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
def test_only_the_last_file_of_a_kind_is_kept_and_none_that_tells_of_what_is_hidden_since(
    own: OwnDirectory, agency: Agency
) -> None:
    """Not only is it told to nobody: a thief of the disk must not find where a shelter is."""
    place = {"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga Marker-Jwq 7"}
    listing = agency.publish(location=place)
    agency.publish()
    for format in FORMATS[:2]:
        read(own, format)
    assert len(on_disk("Marker-Jwq")) == 2
    body = listing_body(location={"kind": "confidential"}, capacity=None)
    hidden = agency.put(f"/listings/{listing['id']}", body, If_Match=f'"{listing["version"]}"')
    assert hidden.status_code == 200, hidden.text
    assert "Marker-Jwq" not in read(own).text
    own.directory.ready_exports.drop_outdated()
    assert on_disk("Marker-Jwq") == []


def test_files_are_looked_after_by_the_clock(
    own: OwnDirectory, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format that is seldom asked for must not stay for that."""
    monkeypatch.setattr(ready_exports, "_LOOKED_AFTER_SECONDS", 0.05)
    exports = ready_exports.ReadyExports(own.directory.engine)
    agency.publish()
    exports.open(Format.LINES, "3.1", exports.state()).close()
    agency.publish()
    eventually("the outdated file is let go of", lambda: not exports._made)


def test_several_read_one_file_each_from_its_beginning(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    exports = own.directory.ready_exports
    state = exports.state()
    with exports.open(Format.LINES, "3.1", state) as one, exports.open(Format.LINES, "3.1", state) as other:
        begun = one.read(10)
        assert other.read(10) == begun
        exports.drop_outdated()
        rest = one.readall()
    assert begun + rest == read(own).content


def test_a_change_within_the_second_of_the_date_is_not_missed(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    before = read(own)
    listing = agency.publish()
    for date in (before.headers["last-modified"], format_datetime(datetime.now(UTC), usegmt=True)):
        after = read(own, since=date)
        assert after.status_code == 200
        assert listing["id"] in ids(after)
    assert parsedate_to_datetime(after.headers["last-modified"]) <= datetime.now(UTC)


def test_a_date_before_the_state_and_what_is_no_date_bring_the_file(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    earlier = parsedate_to_datetime(dated(own)) - timedelta(seconds=1)
    for date in (format_datetime(earlier, usegmt=True), "yesterday", "0"):
        assert read(own, since=date).status_code == 200
    assert read(own, "csv", since=format_datetime(datetime.now(UTC), usegmt=True)).status_code == 200


@pytest.mark.parametrize("format", FORMATS)
def test_who_has_the_date_alone_gets_nothing_again_until_something_changes(
    own: OwnDirectory, agency: Agency, made: list[str], format: str
) -> None:
    agency.publish()
    date = dated(own, format)
    again = read(own, format, since=date)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == read(own, format).headers["etag"]
    assert made == [format]
    agency.publish(tier="network")
    assert read(own, format, since=date).status_code == 304
    agency.publish()
    assert read(own, format, since=date).status_code == 200


def test_a_state_that_is_named_goes_before_its_date(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    date = dated(own)
    tag = read(own).headers["etag"]
    assert read(own, tag='"another"', since=date).status_code == 200
    assert read(own, tag=tag, since="Thu, 01 Jan 2026 00:00:00 GMT").status_code == 304


def test_a_change_that_is_committed_late_has_a_date_of_its_own(own: OwnDirectory, agency: Agency) -> None:
    note = (
        "INSERT INTO public_change (kind, id, change, last_modified) VALUES ('service', gen_random_uuid(), 'x', now())"
    )
    with own.directory.engine.connect() as late:
        late.exec_driver_sql(note)
        agency.publish()
        date = dated(own)
        late.commit()
    assert read(own, since=date).status_code == 200


def test_a_taxonomy_that_is_kept_since_has_a_date_of_its_own(own: OwnDirectory, agency: Agency) -> None:
    agency.publish()
    date = dated(own, "hsds-package")
    kept = uuid.uuid4()
    keep = "INSERT INTO kept_object (agency_id, kind, id, document) VALUES ('a', 'taxonomy', :id, :document)"
    with own.directory.engine.begin() as connection:
        connection.execute(text(keep), {"id": kept, "document": json.dumps({"id": str(kept), "name": "Kept"})})
    assert read(own, "hsds-package", since=date).status_code == 200

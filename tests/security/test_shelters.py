"""A thousand confidential addresses: everything public is read and asked, and none of them is there."""

from __future__ import annotations

import io
import logging
import uuid
import zipfile
from dataclasses import replace

import pytest

from tests.security.crawler import Crawler
from tests.security.shelters import Shelter
from tests.support.own_directory import OwnDirectory

# Thousands of questions take their time, more so on a machine that has other work.
pytestmark = pytest.mark.timeout(900)

# Any of these in an answer would be a piece of an address; each shelter's own marker begins so.
BEGINNINGS = ("zxq", "pqx0", "71377", "31799", "hidden lane")
# Tables that may know of an address: the one table of confidential locations, and the one of its versions.
MAY_HOLD_ADDRESSES = frozenset({"confidential_location", "confidential_version"})


def told(text: str, hidden: list[Shelter]) -> list[str]:
    """Return the markers in a text; the quick look first, since almost no text has even the beginning of one."""
    lowered = text.lower()
    if not any(beginning in lowered for beginning in BEGINNINGS):
        return []
    return [marker for shelter in hidden for marker in shelter.markers if marker in lowered]


def pair_of(listing_id: str) -> str:
    """Return the id that the pair of service and place would have."""
    return str(uuid.uuid5(uuid.UUID(listing_id), "service_at_location"))


def test_the_look_at_texts_would_find_an_address(hidden: list[Shelter]) -> None:
    for shelter in hidden[::100]:
        assert told(f"At {shelter.street}, {shelter.postal_code}", hidden)
        assert told(f'{{"latitude": {shelter.latitude}}}', hidden)


def test_nothing_public_tells_an_address(
    own: OwnDirectory, hidden: list[Shelter], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    crawler = Crawler(own.client)
    ids = {
        "/services/{id}": [shelter.id for shelter in hidden],
        "/service_at_locations/{id}": [pair_of(shelter.id) for shelter in hidden[::50]],
        "/organizations/{id}": [shelter.owner.id for shelter in hidden],
    }
    asked = 0
    for where, text in (*crawler.texts(), *crawler.single(ids)):
        asked += 1
        # What was typed may come back in a message about it; the address itself is longer than that.
        found = [marker for marker in told(text, hidden) if marker not in where]
        assert not found, where
    assert asked > 2_000
    # The asking side logs its own questions; they are not the directory's.
    served = [record for record in caplog.records if record.name != "httpx"]
    lines = " ".join(f"{record.getMessage()} {record.__dict__.get('fields')}" for record in served)
    assert served
    assert not told(lines, hidden)


def test_no_table_but_the_one_of_confidential_locations_holds_an_address(
    own: OwnDirectory, hidden: list[Shelter]
) -> None:
    with own.directory.engine.connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).scalars()
        for table in sorted(set(tables) - MAY_HOLD_ADDRESSES):
            likely = " OR ".join(f"t::text ILIKE '%{beginning}%'" for beginning in BEGINNINGS)
            rows = connection.exec_driver_sql(f"SELECT t::text FROM {table} t WHERE {likely.replace('%', '%%')}")
            for (text,) in rows:
                assert not told(text, hidden), table


def test_every_shelter_is_in_the_directory_with_its_area_and_its_switchboard(
    own: OwnDirectory, hidden: list[Shelter]
) -> None:
    for shelter in hidden[::50]:
        service = own.client.get(f"/services/{shelter.id}").json()
        assert service["phones"][0]["number"] == "116 111"
        assert [area["extent"] for area in service["service_areas"]] == [shelter.country]
        assert "service_at_locations" not in service


def test_an_export_of_everything_holds_no_address(own: OwnDirectory, hidden: list[Shelter]) -> None:
    if "/exports" not in own.client.get("/openapi.json").json()["paths"]:
        pytest.skip("the directory has no exports")
    # Once as the file is made, and once as it is kept ready.
    for kind in ("csv", "hsds-package", "hsds-json", "ndjson") * 2:
        answer = own.client.get("/exports", params={"format": kind})
        assert answer.status_code == 200, answer.text
        text = unpacked(answer.content)
        assert hidden[0].id in text
        assert not told(text, hidden), kind
        assert not told(str(answer.headers), hidden), kind
    exports = own.directory.ready_exports
    kept = [(kind, exports.open(*kind, exports.state())) for kind in exports._made]
    assert len(kept) >= 3
    for kind, file in kept:
        with file:
            assert not told(unpacked(file.readall()), hidden), kind


def unpacked(content: bytes) -> str:
    """Return the text of a file, that of all tables for a package."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"\n".join(package.read(name) for name in package.namelist())
    return content.decode("utf-8")


def test_a_hidden_address_that_changes_makes_no_new_file(own: OwnDirectory, hidden: list[Shelter]) -> None:
    tag = own.client.get("/exports", params={"format": "ndjson"}).headers["etag"]
    with own.directory.unit_of_work() as uow:
        listing = uow.listings.get(hidden[0].id)
        assert listing is not None
        moved = replace(listing.content.location, address_1="Moved 1")  # type: ignore[type-var]
        listing.content = replace(listing.content, location=moved)
        uow.listings.save(listing)
        uow.commit()
    assert own.client.get("/exports?format=ndjson", headers={"If-None-Match": tag}).status_code == 304

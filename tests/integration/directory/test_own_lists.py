"""An agency finds its own listings by words, in every state, and nobody else's."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import Connection, Table, event, text

from services.directory.adapters import tables
from services.directory.adapters.own_listings import own_listings
from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body


def found(agency: Agency, search: str, **more: str) -> set[str]:
    answer = agency.client.get(
        "/listings",
        params={"search": search, **more},
        headers=agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes),
    )
    assert answer.status_code == 200, answer.text
    return {entry["id"] for entry in answer.json()["items"]}


def test_no_search_finds_what_another_agency_keeps(agency: Agency, other_agency: Agency) -> None:
    word = f"zq{uuid.uuid4().hex[:8]}"
    listing = agency.draft(name=f"Qendra {word}")
    assert found(other_agency, word) == set()
    assert found(agency, word) == {listing["id"]}


@pytest.mark.parametrize("typed", ["шабац", "Sabac", "šaba", "shabats", "саветовање ŠABAC", "Këshillim", "keshillim"])
def test_a_listing_is_found_by_words_in_either_script_and_by_their_beginnings(agency: Agency, typed: str) -> None:
    listing = agency.draft(name="Саветовање Шабац", alternate_name="Këshillim për fëmijë")
    assert listing["id"] in found(agency, typed)


@pytest.mark.parametrize("typed", ["abac", "sabac nowhere", "%", "'", "\\m", "shkoder.*"])
def test_what_no_name_says_is_not_found(agency: Agency, typed: str) -> None:
    agency.draft(name="Саветовање Шабац")
    assert found(agency, typed) == set()


def test_words_are_sought_in_the_state_asked_for_and_in_the_name_of_the_organization(agency: Agency) -> None:
    owner = agency.organization(name="Qendra Zanafilla")
    published, draft = agency.publish(organization_id=owner), agency.draft(organization_id=owner)
    assert found(agency, "zanafilla") == {published["id"], draft["id"]}
    assert found(agency, "zanafilla", status="draft") == {draft["id"]}


def test_a_listing_is_found_by_its_name_in_another_language_and_by_a_new_one(agency: Agency) -> None:
    translations = [{"field": "name", "language": "sr", "text": "Дневни боравак Клепсидра"}]
    listing = agency.draft(name="Qendra ditore", source_language="sq", translations=translations)
    assert found(agency, "klepsidra") == {listing["id"]}
    body = listing_body(name="Qendra Drita", capacity=None)
    path = f"/listings/{listing['id']}"
    assert agency.put(path, body, If_Match=f'"{listing["version"]}"').status_code == 200
    assert (found(agency, "klepsidra"), found(agency, "drita")) == (set(), {listing["id"]})


def test_every_word_is_sought_in_either_name(agency: Agency) -> None:
    owner = agency.organization(name="Qendra Ylberi")
    listing, _ = agency.draft(name="Strehim nate", organization_id=owner), agency.draft(name="Strehim nate")
    assert found(agency, "ylber strehim") == {listing["id"]}
    assert found(agency, "ylber këshillim") == set()


@pytest.mark.parametrize(
    ("search", "read"),
    [
        ("zymbyl", ["ix_listing_name_words"]),
        ("zanafilla", ["BitmapOr", "ix_listing_name_words", "ix_listing_organization_id"]),
    ],
)
def test_a_word_among_very_many_listings_is_looked_up_in_an_index(
    agency: Agency, directory: Directory, search: str, read: list[str]
) -> None:
    listing = agency.draft(name="Qendra Zymbyl")
    with directory.engine.connect() as connection:
        repeat(connection, tables.organization, listing["organization_id"], 100, spellings="'qendra agimi'")
        repeat(connection, tables.listing, listing["id"], 10_000, name_words="'qendra'::tsvector")
        spread = text(
            "UPDATE listing SET organization_id = (ARRAY(SELECT id FROM organization WHERE agency_id = :agency))"
            "[1 + abs(hashtext(listing.id::text)) % 100] WHERE organization_id = :id AND id <> :listing"
        )
        here = {"agency": agency.id, "id": listing["organization_id"], "listing": listing["id"]}
        connection.execute(spread, here)
        renamed = text("UPDATE organization SET spellings = 'qendra zanafilla' WHERE id = :id")
        connection.execute(renamed, {"id": listing["organization_id"]})
        connection.execute(text("ANALYZE listing, organization"))
        asked: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", lambda _, __, sent, given, *more: asked.append((sent, given)))
        every = {"status": None, "confirm_until": None, "before": None, "limit": 10_000}
        rows = own_listings(connection, agency.id, None, search=search, **every)
        assert listing["id"] in [row["id"] for row in rows]
        statement, given = asked[-1]
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", given).scalars())
        connection.rollback()
    assert [each for each in read if each not in plan] == []
    assert "Seq Scan on listing " not in plan


def repeat(connection: Connection, table: Table, row_id: str, times: int, **columns: str) -> None:
    """Write a row many times more under other ids, with the columns that are given as SQL."""
    said = {each.name: each.name for each in table.columns} | {"id": "gen_random_uuid()"} | columns
    many = f"INSERT INTO {table.name} ({', '.join(said)}) SELECT {', '.join(said.values())} FROM {table.name}"
    connection.execute(text(f"{many}, generate_series(1, :times) WHERE id = :id"), {"id": row_id, "times": times})

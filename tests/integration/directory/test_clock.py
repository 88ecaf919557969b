"""What the directory's clock forgets once it has served its time."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body


def count(directory: Directory, statement: str, **values: Any) -> int:
    with directory.engine.connect() as connection:
        return int(connection.scalar(text(statement), values) or 0)


def test_kept_answers_are_forgotten_after_a_day_and_not_before(agency: Agency, directory: Directory) -> None:
    key = str(uuid.uuid4())
    agency.post("/listings", listing_body(organization_id=agency.organization()), Idempotency_Key=key)
    kept = "SELECT count(*) FROM idempotency_key WHERE key = :key"
    directory.tick()
    assert count(directory, kept, key=key) == 1
    with directory.engine.begin() as connection:
        older = text("UPDATE idempotency_key SET created_at = created_at - interval '25 hours' WHERE key = :key")
        connection.execute(older, {"key": key})
    directory.tick()
    assert count(directory, kept, key=key) == 0


def test_who_asked_for_what_nobody_offers_is_forgotten_after_an_hour(caseworker: Agency, directory: Directory) -> None:
    caseworker.post("/matches", {"needs": ["birth-registration"], "municipality": "ME-kotor", "age": 1})
    heard = "SELECT count(*) FROM unmet_need_heard"
    directory.tick()
    assert count(directory, heard) > 0
    with directory.engine.begin() as connection:
        connection.execute(text("UPDATE unmet_need_heard SET heard_at = heard_at - interval '61 minutes'"))
    directory.tick()
    assert count(directory, heard) == 0

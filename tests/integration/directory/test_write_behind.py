"""Rows that are still on their way are waited for: nothing reads past them, and no commit leaves one of them out."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from services.directory.adapters.bulk_rows import insert_rows
from services.directory.adapters.duplicates_tables import likeness_key
from services.directory.adapters.write_behind import write_behind
from services.directory.bootstrap import Directory

MANY = 2_000


def rows_of(key: str) -> list[dict[str, Any]]:
    return [{"kind": "listing", "key": key, "record_id": str(uuid.uuid4())} for _ in range(MANY)]


def count(connection: Any, key: str) -> int:
    return int(connection.scalar(select(func.count()).where(likeness_key.c.key == key)))


@pytest.fixture
def key() -> str:
    return f"phone:{uuid.uuid4().hex}"


def test_the_next_statement_and_the_commit_wait_for_rows_in_their_order(directory: Directory, key: str) -> None:
    with directory.engine.connect() as connection, connection.begin():
        write_behind(connection)
        insert_rows(connection, likeness_key, rows_of(key))
        insert_rows(connection, likeness_key, rows_of(key))
        assert count(connection, key) == 2 * MANY
        insert_rows(connection, likeness_key, rows_of(key))
    with directory.engine.connect() as connection:
        assert count(connection, key) == 3 * MANY


def test_rows_that_do_not_fit_are_told_by_the_next_statement(directory: Directory, key: str) -> None:
    with directory.engine.connect() as connection:
        connection.begin()
        write_behind(connection)
        insert_rows(connection, likeness_key, rows_of(key) * 2)
        with pytest.raises(IntegrityError):
            count(connection, key)
    with directory.engine.connect() as connection:
        assert count(connection, key) == 0


def test_rows_that_do_not_fit_are_not_committed(directory: Directory, key: str) -> None:
    with directory.engine.connect() as connection:
        connection.begin()
        write_behind(connection)
        insert_rows(connection, likeness_key, rows_of(key))
        insert_rows(connection, likeness_key, rows_of(key) * 2)
        with pytest.raises(IntegrityError):
            connection.commit()
    with directory.engine.connect() as connection:
        assert count(connection, key) == 0


def test_whoever_leaves_without_a_commit_leaves_no_row(directory: Directory, key: str) -> None:
    with directory.engine.connect() as connection:
        connection.begin()
        write_behind(connection)
        insert_rows(connection, likeness_key, rows_of(key))
    with directory.engine.connect() as connection:
        assert count(connection, key) == 0

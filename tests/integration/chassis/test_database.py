"""Connections that died while they rested are replaced before anybody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from chassis import database
from chassis.database import make_engine
from tests.support.postgres import temporary_database


@pytest.fixture
def url() -> Iterator[str]:
    with temporary_database() as url:
        yield url


def test_a_connection_that_died_at_rest_is_replaced(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_SECONDS_TRUSTED", -1.0)
    engine, other = make_engine(url, pool_size=1), make_engine(url, pool_size=1)
    with engine.connect() as connection:
        first = connection.scalar(text("SELECT pg_backend_pid()"))
    with other.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": first})
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != first
    engine.dispose()
    other.dispose()

"""What is worked out without the database is what the database gives back: the same values in the same order."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.directory.adapters.bulk_rows import as_json
from services.directory.adapters.kept_json import as_kept
from services.directory.bootstrap import Directory

TEXTS = some.text(some.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
NUMBERS = some.floats(allow_nan=False, allow_infinity=False) | some.integers(-(2**70), 2**70)
VALUES = some.recursive(
    some.none() | some.booleans() | TEXTS | NUMBERS,
    lambda parts: some.lists(parts, max_size=4) | some.dictionaries(TEXTS, parts, max_size=5),
    max_leaves=12,
)
READ = text("SELECT CAST(:written AS jsonb) AS kept").bindparams(bindparam("written")).columns(kept=JSONB)


def read_back(connection: Connection, value: Any) -> Any:
    return connection.execute(READ, {"written": as_json(value)}).scalar_one()


def test_a_document_is_what_the_database_gives_back(directory: Directory) -> None:
    with directory.engine.connect() as connection:

        @settings(max_examples=300, deadline=None)
        @given(VALUES)
        def check(value: Any) -> None:
            assert orjson.dumps(as_kept(value)) == orjson.dumps(read_back(connection, value))

        check()
        for number in (1e16, 1e22, -1e16, 9999999999999998.0, -0.0, 5e-324, 1.7e308, 2**64, -(2**63) - 1, 1.0):
            assert repr(as_kept([number])) == repr(read_back(connection, [number])), number

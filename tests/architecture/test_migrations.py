"""Guards the migrations: numbered without a gap, headed as the file says, reversible, and equal to the tables."""

from __future__ import annotations

import importlib
import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from chassis.database import make_engine
from chassis.migrations import alembic_config, migrate
from tests.architecture.sources import ROOT, STATEFUL
from tests.support.postgres import temporary_database

NAME = re.compile(r"(\d{4})_[a-z]+(_[a-z0-9]+)+\.py\Z")


@pytest.mark.parametrize("service", STATEFUL)
def test_every_migration_is_numbered_and_the_head_file_is_right(service: str) -> None:
    folder = ROOT / "services" / service
    names = sorted(path.name for path in (folder / "migrations" / "versions").glob("*.py"))
    matches = [NAME.match(name) for name in names]
    assert all(matches), names
    assert [int(match.group(1)) for match in matches if match] == list(range(1, len(names) + 1))
    scripts = ScriptDirectory.from_config(alembic_config(folder, "unused"))
    assert scripts.get_heads() == [(folder / "migrations" / "HEAD").read_text().strip()]
    assert [script.revision for script in scripts.walk_revisions()] == [name[:4] for name in reversed(names)]


@pytest.mark.parametrize("service", STATEFUL)
def test_up_down_up_leaves_what_the_tables_describe(service: str) -> None:
    folder = ROOT / "services" / service
    metadata = importlib.import_module(f"services.{service}.adapters.tables").metadata
    for module in (folder / "adapters").glob("*_tables.py"):
        importlib.import_module(f"services.{service}.adapters.{module.stem}")
    with temporary_database() as url:
        migrate(folder, url)
        migrate(folder, url, target="base")
        engine = make_engine(url)
        assert inspect(engine).get_table_names() == ["alembic_version"]
        migrate(folder, url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": is_described})
            assert compare_metadata(context, metadata) == []
        engine.dispose()


def is_described(_item: object, name: str | None, _kind: str, reflected: bool, compare_to: object | None) -> bool:
    """Leave out what only the database knows by itself, such as indexes over expressions."""
    del name
    return not reflected or compare_to is not None

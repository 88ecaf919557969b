"""The migrations make what the tables describe, and can be taken back."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from chassis.migrations import migrate
from services.identity.adapters.tables import metadata
from tests.integration.identity.issuer import SERVICE_FOLDER
from tests.support.postgres import temporary_database


def test_up_down_up_leaves_what_the_tables_describe() -> None:
    with temporary_database() as url:
        migrate(SERVICE_FOLDER, url)
        migrate(SERVICE_FOLDER, url, target="base")
        engine = create_engine(url)
        assert inspect(engine).get_table_names() == ["alembic_version"]
        migrate(SERVICE_FOLDER, url)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        engine.dispose()

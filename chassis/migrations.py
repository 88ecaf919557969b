"""Creates the chassis's tables in a service's migrations, and runs the migrations of a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, text

from chassis.audit import audit_table
from chassis.database import NAMING_CONVENTION
from chassis.events.tables import create_event_tables, drop_event_tables
from chassis.idempotency_table import idempotency_table

_REFUSE_CHANGE = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit record is append-only'; END $$
"""
_APPEND_ONLY = """
CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
"""


def create_chassis_tables(op: Any) -> None:
    """Create the tables of :func:`chassis.tables.chassis_tables`; call it in a service's first migration."""
    create_event_tables(op)
    _own_tables().create_all(op.get_bind(), checkfirst=False)
    op.execute(text(_REFUSE_CHANGE))
    op.execute(text(_APPEND_ONLY))


def drop_chassis_tables(op: Any) -> None:
    """Drop them again; call it in the first migration's downgrade."""
    _own_tables().drop_all(op.get_bind(), checkfirst=False)
    op.execute(text("DROP FUNCTION IF EXISTS refuse_audit_change()"))
    drop_event_tables(op)


def _own_tables() -> MetaData:
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    audit_table(metadata)
    idempotency_table(metadata)
    return metadata


def alembic_config(service_folder: Path, database_url: str) -> Config:
    """Return Alembic's configuration for the ``migrations`` folder of a service."""
    config = Config()
    config.set_main_option("script_location", str(service_folder / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def migrate(service_folder: Path, database_url: str, *, target: str = "head") -> None:
    """Bring a service's database to a revision; at head already it costs one query and loads no script."""
    if target == "head" and _at_head(service_folder, database_url):
        return
    config = alembic_config(service_folder, database_url)
    if target == "base" or target.startswith("-"):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)


def _at_head(service_folder: Path, database_url: str) -> bool:
    head = (service_folder / "migrations" / "HEAD").read_text(encoding="utf-8").strip()
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
                return False
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head
    finally:
        engine.dispose()


def run_environment(metadata: MetaData) -> None:
    """Do what every service's ``migrations/env.py`` does: run the migrations in one transaction with time-outs."""
    from alembic import context

    engine = create_engine(str(context.config.get_main_option("sqlalchemy.url")))
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.execute(text("SET statement_timeout = '60s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()

"""Migrations, reference data and demo data: forth and back, twice, and as described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from chassis.auth import Principal
from chassis.events.envelope import Event
from chassis.events.registry import default_registry
from chassis.migrations import migrate
from chassis.outbox.table import event_of_row
from services.directory.adapters.confidential_tables import confidential_location
from services.directory.adapters.reference_loader import load_reference
from services.directory.application.publish_listing import ChangeListing, withdraw_listing
from services.directory.bootstrap import Directory, build
from services.directory.entrypoints import cli
from services.directory.entrypoints.asgi import create_app
from services.directory.entrypoints.demo import load_demo
from services.directory.settings import DirectorySettings
from tests.support.postgres import create_database, drop_database
from tests.support.tokens import ISSUER

SERVICE_FOLDER = Path(__file__).parents[3] / "services" / "directory"


@pytest.fixture(scope="module")
def fresh() -> Iterator[tuple[DirectorySettings, Directory]]:
    url = create_database()
    migrate(SERVICE_FOLDER, url)
    settings = DirectorySettings(database_url=url, issuer=ISSUER, rate_limit_per_minute=1_000_000)
    directory = build(settings)
    with directory.engine.begin() as connection:
        load_reference(connection)
    load_demo(directory)
    yield settings, directory
    directory.engine.dispose()
    drop_database(url)


def test_migrations_go_up_down_and_up_and_make_what_the_tables_say() -> None:
    url = create_database()
    try:
        for target in ("head", "base", "head"):
            migrate(SERVICE_FOLDER, url, target=target)
        directory = build(DirectorySettings(database_url=url, issuer=ISSUER))
        with directory.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            differences = compare_metadata(context, confidential_location.metadata)
        directory.engine.dispose()
        assert [entry for entry in differences if entry[0] != "remove_table"] == []
    finally:
        drop_database(url)


def test_loading_again_adds_nothing(fresh: tuple[DirectorySettings, Directory]) -> None:
    _, directory = fresh
    with directory.engine.begin() as connection:
        places, terms = load_reference(connection)
        counted = connection.exec_driver_sql(
            "SELECT (SELECT count(*) FROM municipality), (SELECT count(*) FROM taxonomy_term)"
        ).one()
    assert tuple(counted) == (places, terms)
    assert load_demo(directory) == (0, 0)


def test_loading_again_leaves_what_people_have_changed(fresh: tuple[DirectorySettings, Directory]) -> None:
    _, directory = fresh
    with directory.engine.connect() as connection:
        listing_id, agency_id = connection.exec_driver_sql(
            "SELECT listing.id, agency_id FROM listing JOIN organization o ON o.id = organization_id"
            " WHERE agency_id IS NOT NULL ORDER BY listing.id LIMIT 1"
        ).one()
    officer = Principal("someone", agency_id, frozenset(), frozenset(), "portal")
    command = ChangeListing(principal=officer, listing_id=str(listing_id))
    withdraw_listing(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    load_demo(directory)
    with directory.unit_of_work() as uow:
        listing = uow.listings.get(str(listing_id))
    assert listing is not None
    assert not listing.is_published


def test_every_demo_listing_is_announced_with_an_event_that_fits_its_schema(
    fresh: tuple[DirectorySettings, Directory],
) -> None:
    _, directory = fresh
    with directory.engine.connect() as connection:
        events: list[Event] = [
            event_of_row(row)
            for row in connection.exec_driver_sql("SELECT * FROM outbox WHERE type = 'service.published.v1'")
        ]
        listings = connection.exec_driver_sql("SELECT count(*) FROM listing").scalar()
    assert len({event.subject for event in events}) == listings
    assert len(events) >= 280
    for event in events:
        default_registry().validate(event)


def test_a_demo_directory_answers_what_people_ask(fresh: tuple[DirectorySettings, Directory]) -> None:
    settings, directory = fresh
    client: Any = create_app(settings, directory).test_client()
    for asked in ("search=tirane", "search=Тирана", "search=психолог", "search=Beograd&age=12", "near=41.33,19.82"):
        assert client.get(f"/services?{asked}").json()["total_items"] > 0, asked
    told = client.get("/organizations?per_page=100", headers={"Accept-Language": "ro"}).json()["contents"]
    assert told
    assert all(organization["description"].startswith("Date demonstrative") for organization in told)
    # No coordinates and no address of a shelter in the whole public directory.
    with directory.engine.connect() as connection:
        secrets = connection.exec_driver_sql("SELECT listing_id, latitude, longitude FROM confidential_location").all()
    assert secrets
    text = client.get("/services?full=true&format=ndjson").text
    for secret in secrets:
        assert f"{secret.latitude}" not in text or f"{secret.longitude}" not in text


def test_the_command_line_runs(
    fresh: tuple[DirectorySettings, Directory], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = fresh
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("ISSUER", ISSUER)
    for command in (
        "migrate",
        "load-reference",
        "check-reference",
        "load-demo",
        "reindex",
        "verify-audit",
        "review-table",
    ):
        assert cli.main([command]) == 0
    assert cli.main(["dead-letters", "list"]) == 0
    printed = capsys.readouterr().out
    assert "0 organizations and 0 listings were added" in printed
    assert "audit records hold" in printed
    assert "places in 8 countries are as published" in printed


def test_a_loaded_tree_that_is_not_as_published_fails_with_clear_text(
    fresh: tuple[DirectorySettings, Directory], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, directory = fresh
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("ISSUER", ISSUER)
    with directory.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE municipality SET parent_code = 'RO-county-x' WHERE code = 'RO-albac-alba'")
    assert cli.main(["check-reference"]) == 1
    assert "RO-albac-alba: the unit above it, RO-county-x, does not exist." in capsys.readouterr().out
    assert cli.main(["load-reference"]) == 0
    assert cli.main(["check-reference"]) == 0
    assert (
        "warning: RS: no official code for 1 of level city, for which no register is named.\n"
        in capsys.readouterr().out
    )

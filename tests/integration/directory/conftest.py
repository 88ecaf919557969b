"""A migrated database with the reference data, the directory's application over it, and agencies that use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.migrations import migrate
from services.directory.adapters.reference_loader import load_reference
from services.directory.bootstrap import Directory, build
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.directory import Agency
from tests.support.postgres import create_database, drop_database
from tests.support.tokens import ISSUER, TokenIssuer

SERVICE_FOLDER = Path(__file__).parents[3] / "services" / "directory"


@pytest.fixture(scope="session")
def settings() -> Iterator[DirectorySettings]:
    url = create_database()
    migrate(SERVICE_FOLDER, url)
    yield DirectorySettings(database_url=url, issuer=ISSUER, rate_limit_per_minute=1_000_000)
    drop_database(url)


@pytest.fixture(scope="session")
def directory(settings: DirectorySettings) -> Iterator[Directory]:
    built = build(settings)
    with built.engine.begin() as connection:
        load_reference(connection)
    yield built
    built.engine.dispose()


@pytest.fixture(scope="session")
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture(scope="session")
def client(settings: DirectorySettings, directory: Directory, issuer: TokenIssuer) -> Iterator[Any]:
    # Within the block it keeps one event loop; outside of one it would start a thread and a loop for each request.
    with create_app(settings, directory, verifier=issuer.verifier()).test_client() as client:
        yield client


@pytest.fixture
def agency(client: Any, issuer: TokenIssuer) -> Agency:
    return Agency(client, issuer)


@pytest.fixture
def other_agency(client: Any, issuer: TokenIssuer) -> Agency:
    return Agency(client, issuer)


@pytest.fixture
def caseworker(client: Any, issuer: TokenIssuer) -> Agency:
    return Agency(client, issuer, scopes="referrals:read")


@pytest.fixture
def found(client: Any) -> Callable[..., list[str]]:
    """Search the public services and return their ids in order."""

    def search(**parameters: Any) -> list[str]:
        answer = client.get("/services", params={"per_page": 100, **parameters})
        assert answer.status_code == 200, answer.text
        return [service["id"] for service in answer.json()["contents"]]

    return search

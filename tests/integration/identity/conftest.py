"""An identity service on a database of its own for each test module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.identity.issuer import Issuer
from tests.support.postgres import temporary_database


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """The service with two agencies and a client of each kind; tests add the people they need."""
    with temporary_database() as url:
        built = Issuer(url)
        yield built
        built.container.engine.dispose()

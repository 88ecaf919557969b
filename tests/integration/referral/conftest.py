"""A referral service on a database of its own for each test module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import temporary_database
from tests.support.referrals import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The service with its agencies; tests make referrals of their own in it."""
    with temporary_database() as url:
        world = World.create(url)
        yield world
        world.container.engine.dispose()

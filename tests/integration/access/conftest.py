"""The four services behind their doors, each on a database of its own for the whole matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.integration.access.doors import Door
from tests.integration.access.houses import HOUSES
from tests.support.postgres import temporary_database

OpenDoor = Callable[[str], Door]


@pytest.fixture(scope="session")
def door_of() -> Iterator[OpenDoor]:
    """Return the door of a service, opened on first use."""
    doors: dict[str, Door] = {}
    with ExitStack() as stack:

        def open_door(service: str) -> Door:
            if service not in doors:
                door = HOUSES[service](stack.enter_context(temporary_database()))
                stack.callback(door.engine.dispose)
                # Entered, the client keeps one event loop instead of making one for each request.
                stack.enter_context(door.client)
                doors[service] = door
            return doors[service]

        yield open_door

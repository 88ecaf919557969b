"""A directory that holds the shelters, and nothing else in its database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.shelters import Shelter, others, shelters
from tests.support.own_directory import OwnDirectory, own_directory


@pytest.fixture(scope="package")
def hidden() -> list[Shelter]:
    return shelters()


@pytest.fixture(scope="package")
def own(hidden: list[Shelter]) -> Iterator[OwnDirectory]:
    with own_directory() as built:
        built.publish_all([*((shelter.id, shelter.owner, shelter.content) for shelter in hidden), *others()])
        yield built

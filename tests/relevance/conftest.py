"""The corpus published in a directory of its own, and a client that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.directory.domain.organization import Organization
from services.directory.entrypoints.api.wire import content_from
from tests.relevance.corpus import Offered, corpus
from tests.support.own_directory import own_directory


def owner_of(offered: Offered) -> Organization:
    return Organization(
        id=offered.organization_id,
        name=offered.organization_name,
        description=offered.organization_name,
        country=offered.town.country,
    )


@pytest.fixture(scope="session")
def relevance_client() -> Iterator[Any]:
    with own_directory() as own:
        own.publish_all([(offered.id, owner_of(offered), content_from(offered.body)) for offered in corpus()])
        yield own.client

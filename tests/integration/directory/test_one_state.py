"""A page tells of one state of the data, whatever is written while it is put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency

HERE = {"kind": "physical", "municipality": "AL-kolonje"}


@contextmanager
def withdrawn_meanwhile(directory: Directory, listing_id: str, *, tier: str = "network") -> Iterator[list[str]]:
    """Put a service into another tier once the next search has counted what it finds; yield what has been done."""
    done: list[str] = []

    def withdraw(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not done and "count(*)" in statement and "search_entry" in statement:
            done.append(listing_id)
            with directory.engine.begin() as connection:
                hide = text("UPDATE search_entry SET tier = :tier WHERE listing_id = :id")
                connection.execute(hide, {"id": listing_id, "tier": tier})

    event.listen(directory.engine, "after_cursor_execute", withdraw)
    try:
        yield done
    finally:
        event.remove(directory.engine, "after_cursor_execute", withdraw)


@pytest.mark.parametrize("path", ["/services", "/service_at_locations"])
@pytest.mark.parametrize("asked", [{}, {"minimal": "true"}, {"full": "true", "facets": "municipality,language"}])
def test_a_page_its_number_and_its_facets_agree(
    client: Any, agency: Agency, directory: Directory, path: str, asked: dict[str, str]
) -> None:
    listing = agency.publish(location=HERE, languages=["sq"])
    own = {"organization_id": listing["organization_id"]}
    with withdrawn_meanwhile(directory, listing["id"]) as done:
        page = client.get(path, params={**own, **asked}).json()
    assert done, "the service was withdrawn while the page was put together"
    assert (page["total_items"], len(page["contents"])) == (1, 1)
    for choices in page.get("facets", {}).values():
        assert [choice["count"] for choice in choices] == [1]
    assert client.get(path, params=own).json()["total_items"] == 0


def test_a_page_of_the_network_and_its_number_agree(caseworker: Agency, agency: Agency, directory: Directory) -> None:
    listing = agency.publish(tier="network", location=HERE)
    path = f"/network/services?organization_id={listing['organization_id']}"
    with withdrawn_meanwhile(directory, listing["id"], tier="named") as done:
        page = caseworker.get(path).json()
    assert done, "the service was withdrawn while the page was put together"
    assert (page["total_items"], len(page["contents"])) == (1, 1)
    assert caseworker.get(path).json()["total_items"] == 0

"""Whoever works on a listing and whoever works on its organization wait for each other in one order alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from chassis.clock import SystemClock
from services.directory.adapters.unit_of_work import DirectoryUnitOfWork
from services.directory.bootstrap import Directory
from services.directory.domain.versions import Change
from tests.support.directory import Agency

TIRANA = {"kind": "physical", "municipality": "AL-tirane"}
OFFICE_HOURS = [{"byday": "MO,TU,WE", "opens_at": "08:00", "closes_at": "16:00"}]


@contextmanager
def impatient(directory: Directory) -> Iterator[None]:
    """Wait for a lock no longer than two seconds, instead of for ever: in one thread nobody would let go of it."""

    def set_timeout(connection: Any) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")

    event.listen(directory.engine, "begin", set_timeout)
    try:
        yield
    finally:
        event.remove(directory.engine, "begin", set_timeout)


@pytest.fixture
def published(agency: Agency) -> dict[str, Any]:
    return agency.publish(location=TIRANA, languages=["sq"], schedule=OFFICE_HOURS)


def test_an_organization_is_renamed_while_somebody_holds_one_of_its_listings(
    published: dict[str, Any], directory: Directory, client: Any
) -> None:
    unit_of_work = partial(DirectoryUnitOfWork, directory.engine, clock=SystemClock())
    change = Change(action="edit", at=SystemClock().now())
    with impatient(directory), unit_of_work() as editor:
        # The editor will ask for the organization next: who waited for the listing meanwhile would wait for ever.
        listing = editor.listings.get(published["id"])
        with unit_of_work() as other:
            owner = other.organizations.get(published["organization_id"])
            other.organizations.save(replace(owner, name="Qendra me emër të ri"), change)
            other.commit()
        editor.listings.save(listing, change)
        editor.commit()
    (shown,) = client.get("/services", params={"search": "Qendra me emër të ri", "full": "true"}).json()["contents"]
    assert (shown["id"], shown["organization"]["name"]) == (published["id"], "Qendra me emër të ri")

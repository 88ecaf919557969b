"""Whoever works on a listing and whoever works on its organization wait for each other in one order alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text

from chassis.clock import SystemClock
from services.directory.adapters.unit_of_work import DirectoryUnitOfWork
from services.directory.bootstrap import Directory
from services.directory.domain.versions import Change
from tests.integration.directory.test_imports import errors_of, work_off
from tests.support.directory import Agency
from tests.support.running_system import eventually

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


@contextmanager
def once_after(directory: Directory, words: str, work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Do something else once a statement with these words has been carried out; yield what came of it."""
    done: list[Any] = []

    def do(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not done and words in statement:
            done.append(None)
            done[0] = work()

    event.listen(directory.engine, "after_cursor_execute", do)
    try:
        yield done
    finally:
        event.remove(directory.engine, "after_cursor_execute", do)


def merged(agency: Agency, keep: str, fold: str) -> Any:
    sides = {}
    for side, organization_id in (("keep", keep), ("fold", fold)):
        version = agency.get(f"/own-organizations/{organization_id}").headers["ETag"].strip('"')
        sides[side] = {"id": organization_id, "version": version}
    return agency.post("/merges", {"kind": "organization", **sides})


def test_a_listing_written_while_its_organization_is_folded_is_not_left_behind(
    agency: Agency, directory: Directory, client: Any
) -> None:
    keep, fold = agency.organization(name="Qendra e parë"), agency.organization(name="Qendra e dytë")
    agency.publish(organization_id=fold, location=TIRANA)
    with once_after(directory, "WHERE listing.organization_id", lambda: agency.draft(organization_id=fold)) as done:
        answer = merged(agency, keep, fold)
    assert answer.status_code == 412, answer.text
    assert merged(agency, keep, fold).status_code == 201
    assert agency.get(f"/listings/{done[0]['id']}").json()["organization_id"] == keep


@contextmanager
def waiting_for_the_merge(directory: Directory, work: Callable[[], Any]) -> Iterator[list[Future[Any]]]:
    """Begin the work when a merge has done everything but its commit, and let that go on once the work waits for it."""

    def is_waited_for() -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')"
        with directory.engine.connect() as connection:
            return bool(connection.scalar(text(waiting)))

    with ThreadPoolExecutor(max_workers=1) as pool:

        def begin() -> Future[Any]:
            begun = pool.submit(work)
            eventually("somebody waits for a lock", is_waited_for)
            return begun

        with once_after(directory, "INSERT INTO merge", begin) as done:
            yield done


def test_no_listing_is_written_for_an_organization_that_has_just_been_folded(
    agency: Agency, directory: Directory
) -> None:
    keep, fold = agency.organization(name="Qendra e parë"), agency.organization(name="Qendra e dytë")
    body = {"organization_id": fold, "name": "X", "description": "Y", "taxonomy_terms": ["counselling"]}
    body |= {"languages": ["sq"], "serves": ["AL-tirane"], "location": TIRANA}
    with waiting_for_the_merge(directory, lambda: agency.post("/listings", body)) as begun:
        assert merged(agency, keep, fold).status_code == 201
    answer = begun[0].result(timeout=30)
    assert (answer.status_code, answer.json().get("merged_into")) == (409, keep)


def test_no_import_writes_for_an_organization_that_has_just_been_folded(agency: Agency, directory: Directory) -> None:
    keep, fold = agency.organization(name="Qendra e parë"), agency.organization(name="Qendra e dytë")
    header = "name,description,kinds of help,languages,serves,place"
    rows = f"{header}\nX,Y,counselling,sq,AL,everywhere\nZ,Y,counselling,sq,AL,everywhere\n"
    accepted = agency.upload(rows, dry_run=False, publish=True, organization_id=fold)
    assert accepted.status_code == 202, accepted.text
    job_id = accepted.json()["id"]
    with waiting_for_the_merge(directory, lambda: work_off(agency, directory, job_id)) as begun:
        assert merged(agency, keep, fold).status_code == 201
    job = begun[0].result(timeout=30)
    assert errors_of(job) == [("organization_id", "merged")] * 2, job


def test_merges_across_two_organizations_hold_both_in_one_order(agency: Agency, directory: Directory) -> None:
    """Who waits for the second organization holds no listing's organization that the other one waits for."""
    first, second = sorted((agency.organization(name="Qendra e parë"), agency.organization(name="Qendra e dytë")))
    listings = {owner: agency.publish(organization_id=owner, location=TIRANA) for owner in (first, second)}
    held: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        if "FROM organization" in statement and "FOR NO KEY UPDATE" in statement:
            held.append(str(parameters))

    event.listen(directory.engine, "before_cursor_execute", note)
    try:
        keep, fold = listings[second], listings[first]
        sides = {
            name: {"id": one["id"], "version": str(one["version"])} for name, one in (("keep", keep), ("fold", fold))
        }
        answer = agency.post("/merges", {"kind": "listing", **sides, "take": ["description"]})
    finally:
        event.remove(directory.engine, "before_cursor_execute", note)
    assert answer.status_code == 201, answer.text
    assert first in held[0]
    assert second in held[0]

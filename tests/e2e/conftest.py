"""The whole system for the end-to-end tests, and a browser for those that look at its pages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium
from tests.support.kafka import require_kafka
from tests.support.running_system import RunningSystem, running_system


@pytest.fixture(scope="session", params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
def system(request: pytest.FixtureRequest) -> Iterator[RunningSystem]:
    """The whole system, once on each engine of the event log; RUN_JSON names one that runs already instead."""
    engine: str = request.param
    if os.environ.get("RUN_JSON") and engine != os.environ.get("EVENTS", "postgres"):
        pytest.skip("RUN_JSON names a system on the other engine; EVENTS says which one it has")
    if engine == "kafka":
        require_kafka()
    with running_system(engine) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each person in it has a profile of their own."""
    with chromium() as started:
        yield started

"""The whole system for the end-to-end tests, and a browser for those that look at its pages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium
from tests.support.running_system import RunningSystem, running_system


@pytest.fixture(scope="session")
def system() -> Iterator[RunningSystem]:
    """The system of RUN_JSON, or one of its own; EVENTS=kafka runs it on a real Apache Kafka."""
    with running_system(os.environ.get("EVENTS", "postgres")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each person in it has a profile of their own."""
    with chromium() as started:
        yield started

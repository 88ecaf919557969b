"""The ages that a service takes are said as people say them, a missing bound never as a number or a sign."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from services.portal.presenters import ages
from tests.support.portal import FakeApis, a_portal


@pytest.fixture(scope="module")
def app() -> Flask:
    return a_portal(FakeApis())


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({}, "every age"),
        ({"minimum_age": None, "maximum_age": None}, "every age"),
        ({"minimum_age": 0}, "every age"),
        ({"minimum_age": 6}, "from 6 years"),
        ({"minimum_age": 5.5}, "from 5.5 years"),
        ({"maximum_age": 17}, "up to 17 years"),
        ({"minimum_age": 0, "maximum_age": 3.0}, "up to 3 years"),
        ({"minimum_age": 6, "maximum_age": 17}, "6 to 17 years"),
    ],
)
def test_ages_are_said_by_the_bounds_that_there_are(app: Flask, bounds: dict[str, Any], said: str) -> None:
    with app.test_request_context("/"):
        assert ages(bounds) == said

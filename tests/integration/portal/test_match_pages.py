"""What matching found is shown with the place that it speaks of, if there is one that may be known."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.portal import SERVICE_ID, FakeApis, a_portal, everyday_apis, signed_in

NEED = {"needs": ["counselling"], "municipality": "AL-tirane", "urgency": "urgent"}


def a_match(at: dict[str, Any] | None, **service: Any) -> dict[str, Any]:
    own = {
        "id": SERVICE_ID, "name": "Agimi", "organization_name": "Qendra", "tier": "public", "receives_referrals": True,
    }  # fmt: skip
    reasons = [{"code": "distance", "params": {"distance_km": 3.0}, "text": "3 km away"}]
    return {"service": own | service, "service_at_location": at, "reasons": reasons, "capacity": None}


@pytest.fixture
def apis() -> FakeApis:
    return everyday_apis()


def page_with(apis: FakeApis, match: dict[str, Any]) -> str:
    apis.on("POST", "directory", "/matches", {"matches": [match], "nearly": []})
    browser: FlaskClient = signed_in(a_portal(apis), "caseworker")
    with browser.session_transaction() as session:
        session["search"] = NEED
    return browser.get("/find").text


def test_what_has_no_place_that_may_be_known_is_shown_without_one(apis: FakeApis) -> None:
    page = page_with(apis, a_match(None, location_kind="confidential"))
    assert '<p class="hint">Qendra</p>' in page


def test_of_several_places_the_one_that_fits_is_shown(apis: FakeApis) -> None:
    """And not the town that the service names first."""
    at = {"id": SERVICE_ID, "name": "Qendra e re", "municipality": "AL-tirane"}
    page = page_with(apis, a_match(at, municipality="AL-shkoder"))
    assert '<p class="hint">Qendra · Qendra e re · Tiranë (AL)</p>' in page
    assert "shkoder" not in page


def test_a_place_that_is_called_as_its_town_is_named_once(apis: FakeApis) -> None:
    at = {"id": SERVICE_ID, "name": "Tiranë", "municipality": "AL-tirane"}
    assert '<p class="hint">Qendra · Tiranë (AL)</p>' in page_with(apis, a_match(at, municipality="AL-tirane"))


def test_a_place_without_a_town_has_its_name_alone(apis: FakeApis) -> None:
    page = page_with(apis, a_match({"id": SERVICE_ID, "name": "Online"}, municipality="AL-shkoder"))
    assert '<p class="hint">Qendra · Online</p>' in page

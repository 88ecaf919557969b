"""Guards the portal's doors: who is not signed in reaches the public pages and no other, and no form works unbidden."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, everyday_apis, signed_in

# Whoever adds a line here says why nobody has to sign in.
PUBLIC = {
    # The public finder and what it leads to.
    "/", "/search", "/services/<uuid:service_id>", "/about", "/language/<code>", "/static/<path:filename>",
    # Names of municipalities for whoever types one, in the public finder too.
    "/places",
    # The way in.
    "/sign-in", "/callback", "/sign-out",
    # Probes of the operator.
    "/health/live", "/health/ready",
}  # fmt: skip
IDS = {
    "<uuid:service_id>": "0d4f4a3e-58a3-5a52-9f7e-0f4f5a3b2c11",
    "<uuid:referral_id>": "01998d2e-7f00-7000-8000-000000000001",
    "<uuid:entry_id>": "01998d2e-7f00-7000-8000-000000000002",
    "<uuid:listing_id>": "01998d2e-7f00-7000-8000-000000000003",
    "<uuid:endpoint_id>": "01998d2e-7f00-7000-8000-000000000004",
    "<action>": "accept",
    "<language>": "sq",
    "<step>": "submit",
    "<any(csv, 'hsds-package', 'hsds-json', ndjson):format>": "csv",
    "<uuid:enquiry_id>": "01998d2e-7f00-7000-8000-000000000006",
    "<uuid:import_id>": "01998d2e-7f00-7000-8000-000000000005",
    "<uuid:organization_id>": "01998d2e-7f00-7000-8000-000000000008",
    "<uuid:claim_id>": "01998d2e-7f00-7000-8000-000000000009",
    "<uuid:delegation_id>": "01998d2e-7f00-7000-8000-00000000000a",
    "<any(listing, organization):kind>": "listing",
    "<uuid:one>": "01998d2e-7f00-7000-8000-000000000003",
    "<uuid:other>": "01998d2e-7f00-7000-8000-000000000007",
    "<any(apply, cancel):what>": "apply",
    "<int:number>": "1",
}


def doors() -> list[tuple[str, str]]:
    """Every method and rule of the portal that is not public."""
    rules = a_portal(everyday_apis()).url_map.iter_rules()
    return sorted(
        (method, rule.rule) for rule in rules for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}
        if rule.rule not in PUBLIC
    )  # fmt: skip


def address_of(rule: str) -> str:
    for placeholder, value in IDS.items():
        rule = rule.replace(placeholder, value)
    assert "<" not in rule, f"give {rule} a value here"
    return rule


FORMS = [door for door in doors() if door[0] != "GET"]
ROLES = ("caseworker", "supervisor", "municipality_officer", "agency_administrator")


@pytest.mark.parametrize(("method", "rule"), doors())
def test_who_is_not_signed_in_is_sent_away_and_no_service_is_asked(method: str, rule: str) -> None:
    apis = FakeApis()
    answer = a_portal(apis).test_client().open(address_of(rule), method=method, data={"csrf_token": "another"})
    assert answer.status_code in (302, 303, 400, 403)
    if answer.status_code < 400:
        assert answer.headers["Location"].startswith("/sign-in")
    assert apis.asked == []


@pytest.mark.parametrize(("method", "rule"), FORMS)
def test_a_form_whose_session_has_ended_is_kept_and_no_service_is_asked(method: str, rule: str) -> None:
    apis = FakeApis()
    answer = a_portal(apis).test_client().open(address_of(rule), method=method, data={"csrf_token": FORM_TOKEN})
    assert answer.status_code == 401
    assert "What you wrote is not lost" in answer.text
    assert apis.asked == []


@pytest.mark.parametrize(("method", "rule"), FORMS)
@pytest.mark.parametrize(("who", "token"), [("p1", "another"), ("p2", FORM_TOKEN)], ids=["no-token", "anothers"])
def test_a_form_that_was_not_drawn_for_its_sender_changes_nothing(method: str, rule: str, who: str, token: str) -> None:
    apis = everyday_apis()
    answer = signed_in(a_portal(apis), *ROLES, who=who).open(
        address_of(rule), method=method, data={"csrf_token": token}
    )
    assert answer.status_code in (400, 403)
    assert [request for request in apis.asked if request.method != "GET"] == []


@pytest.mark.parametrize(("method", "rule"), FORMS)
def test_whoever_chooses_a_language_where_a_form_was_sent_comes_to_a_page_that_can_be_read(
    method: str, rule: str
) -> None:
    app = a_portal(everyday_apis())
    refused = signed_in(app, *ROLES).open(address_of(rule), method=method, data={"csrf_token": "another"})
    choice = re.search(r'href="/language/sq\?next=([^"]+)"', refused.text)
    assert choice
    back = unquote(choice[1])
    assert app.url_map.bind("portal.test").test(back, method="GET")
    assert address_of(rule).startswith(back)
    assert back != "/"

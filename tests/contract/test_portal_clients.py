"""Each method of the portal's clients calls an operation that the APIs describe, with fields that they take."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft4Validator
from werkzeug.datastructures import MultiDict

from chassis.connexion_app import resolve_references
from services.portal import wording
from services.portal.clients.api import ApiClient
from services.portal.clients.directory import DirectoryClient
from services.portal.clients.identity import IdentityClient
from services.portal.clients.notify import NotifyClient
from services.portal.clients.referral import ReferralClient
from services.portal.clients.reviews import listing_at, organization_at
from services.portal.forms import listing as listing_form
from services.portal.forms import merging
from services.portal.forms import organization as organization_form
from services.portal.forms import referral as referral_form
from services.portal.forms.fields import Form
from services.portal.forms.finding import criteria_of
from services.portal.forms.narrowing import FACETS
from tests.support.portal import SERVICE_ID, a_portal, everyday_apis

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
ID = "01998d2e-7f00-7000-8000-000000000001"
KEYS = {"idempotency_key": "a-key", "if_match": '"3"'}
CLIENTS: dict[str, type[ApiClient]] = {
    "directory": DirectoryClient, "identity": IdentityClient, "notify": NotifyClient, "referral": ReferralClient,
}  # fmt: skip
LISTING_FIELDS = MultiDict(
    {
        "name": "Qendra", "description": "Help", "term_1": "counselling", "minimum_age": "6", "maximum_age": "17",
        "languages": "sq", "serves": "Tiranë", "location_kind": "physical", "location_municipality": "Tiranë",
        "address_1": "Rruga 1", "available": "3", "maximum": "10", "unit": "beds", "hours_0_days": "MO",
        "hours_0_opens": "08:00", "hours_0_closes": "16:00", "hours_0_note": "n", "hours_0_holidays": "yes",
        "accessibility": "lift", "source_language": "sq", "named_agencies": ID,
        "phone": "116 111", "email": "a@example.org", "url": "https://a.example.org",
        "tier": "named", "sex": "any", "accepts_referrals": "no", "alert": "Closed in August",
    }
)  # fmt: skip
IMPORT = {
    "format": "csv", "dry_run": "true", "publish": "true", "organization_id": ID, "country": "AL", "duplicates": "skip",
}  # fmt: skip
CLOSING = {
    "reason": "holidays", "kind": "temporarily closed", "closes_at": "2026-08-01T00:00:00Z", "alert": "Closed",
    "alert_translations": [{"language": "sq", "text": "Mbyllur"}],
}  # fmt: skip
CLAIM = {"evidence": "The register", "evidence_url": "https://register.example.org/1"}
DELEGATION = {"to_agency_id": ID, "municipality_codes": ["AL-tirane"], "organization_ids": [ID]}
SAID = {
    "name": "Q", "description": "D", "alternate_name": "q", "email": "a@example.org",
    "website": "https://a.example.org", "phone": "116 111", "source_language": "sq",
}  # fmt: skip
TRANSLATION = {"language": "en", "field": "name", "text": "Q", "origin": "human", "outdated": False}
MERGE = MultiDict({"keep": ID, f"version_{ID}": "3", f"version_{SERVICE_ID}": "4"})
MERGE.setlist("take", ["phone", "eligibility"])
ORGANIZATION = {"organization_name": "Q", "organization_description": "D", "organization_country": "AL", "linked": "no"}
SEARCH = {
    "need_1": "counselling", "age": "12", "sex": "unknown", "languages": "sq", "municipality": "Tiranë",
    "within_km": "30", "urgency": "emergency", "accessibility": "lift", "open_now": "yes", "same_country": "yes",
}  # fmt: skip


def referral_fields() -> MultiDict[str, str]:
    """Every field of the form, filled."""
    fields = MultiDict(SEARCH | {"kind": "transfer", "age_band": "12-14", "case_reference": "TR-1"})
    fields.setlist("special_needs", list(wording.SPECIAL_NEEDS))
    for group, names in referral_form.GROUPS.items():
        for name, kind in names.items():
            fields[f"{group}.{name}"] = {"day": "2013-05-02", "choice": "no"}.get(kind, "something")
    fields |= {
        "consent.basis": "legal_obligation", "consent.override_reason": "The law", "consent.given_by": "none",
        "consent.form": "none", "consent.language": "sq", "consent.child_assent": "refused",
        "consent.obtained_on": "2026-01-10", "consent.valid_until": "2027-01-10",
    }  # fmt: skip
    fields.setlist("consent.data_groups", list(referral_form.GROUPS))
    return fields


@cache
def bodies() -> dict[str, Any]:
    """What the forms make of fully filled fields."""
    with a_portal(everyday_apis()).test_request_context():
        listing, search, referral = Form(LISTING_FIELDS), Form(SEARCH), Form(referral_fields())
        made = {
            "criteria": criteria_of(search),
            "content": listing_form.content_of(listing),
            "capacity": listing_form.capacity_of(listing),
            "organization": listing_form.organization_of(Form(ORGANIZATION)),
            "said": organization_form.said_of(Form(SAID), {"translations": [TRANSLATION]}),
            "merge": merging.merge_of(Form(MERGE), "listing", ID, SERVICE_ID),
            "draft": referral_form.draft_of(referral, service_id=SERVICE_ID, is_complete=True),
        }
        assert listing.errors == search.errors == referral.errors == {}
    made["listing"] = made["content"] | {"organization_id": ID, "capacity": made["capacity"]}
    return made


def calls() -> dict[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]]:
    """Return arguments for every method, with every field that the portal ever sends.

    Where a method serves several paths, what it is called for stands behind its name.
    """
    body = bodies()
    email = dict.fromkeys(wording.EMAIL_CHOICES, True)
    filters = {
        "search": "a", "need": "counselling", "serves": "AL-tirane", "age": 3, "language": "sq", "page": 1,
        "per_page": 20, "full": True, "sex": "female", "open_at": "now", "accepts": True, "within_km": 30,
        "municipality": "AL-tirane", "accessibility": ["lift", "braille"], "sort": "distance", "facets": list(FACETS),
    }  # fmt: skip
    found: dict[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]] = {
        ("directory", "services"): ((), filters),
        ("directory", "service"): ((ID,), {}),
        ("directory", "openings"): (([ID],), {}),
        ("directory", "terms"): ((), {}),
        ("directory", "municipalities"): ((), {"search": "t", "country": "AL", "code": "AL-tirane", "limit": 8}),
        ("directory", "places_named"): ((), {"search": "t", "country": "AL", "limit": 8}),
        ("directory", "matches"): ((body["criteria"],), {}),
        ("directory", "organization"): ((ID,), {}),
        ("directory", "own_organizations"): ((), {}),
        ("directory", "own_organization"): ((ID,), {}),
        ("directory", "revise_organization"): ((ID, body["said"]), {"if_match": '"5f2c0a9be1d34c77"'}),
        ("directory", "organization_versions"): ((ID,), {"before": 9}),
        ("directory", "organization_diff"): ((ID,), {"to": 3, "since": 1}),
        ("directory", "organization_reviews"): ((), {"cursor": ID}),
        ("directory", "set_review"): ((ID, "automatic"), {"if_match": '"5f2c0a9be1d34c77"'}),
        ("directory", "claim_organization"): ((ID, CLAIM), {"idempotency_key": "k"}),
        ("directory", "claims"): ((), {"cursor": "c1"}),
        ("directory", "claim"): ((ID,), {}),
        ("directory", "approve_claim"): ((ID,), KEYS),
        ("directory", "reject_claim"): ((ID, {"reason": "evidence_missing", "note": "n"}), KEYS),
        ("directory", "delegations"): ((), {"cursor": ID}),
        ("directory", "delegate"): ((DELEGATION,), {"idempotency_key": "k"}),
        ("directory", "end_delegation"): ((ID,), {"if_match": '"1"'}),
        ("directory", "duplicates"): (("organization",), {"cursor": "c1"}),
        ("directory", "dismiss_duplicate"): ((ID, SERVICE_ID), {}),
        ("directory", "merge"): ((body["merge"],), {"idempotency_key": "k"}),
        ("directory", "register_organization"): ((body["organization"],), {"idempotency_key": "k"}),
        ("directory", "listings"): ((), {"status": "draft", "cursor": "c", "confirm_within_days": 30}),
        ("directory", "export"): (("hsds-package",), {}),
        ("directory", "enquire"): ((body["criteria"], [ID]), {"idempotency_key": "k"}),
        ("directory", "enquiries"): ((), {"role": "sent", "cursor": "c"}),
        ("directory", "enquiry"): ((ID,), {}),
        ("directory", "close_enquiry"): ((ID,), {}),
        ("directory", "answer_enquiry"): ((ID, ID, {"answer": "capacity", "available": 2}), {"if_match": '"1"'}),
        ("directory", "unmet_needs"): ((), {"by": "age_band", "month": "2026-10"}),
        ("directory", "imports"): ((), {"cursor": ID}),
        ("directory", "create_import"): ((b"name",), {"name": "shërbimet.csv", "idempotency_key": "k", **IMPORT}),
        ("directory", "import_of"): ((ID,), {}),
        ("directory", "import_rows"): ((ID,), {"action": "refused", "cursor": 3}),
        ("directory", "apply_import"): ((ID,), {"if_match": '"checked-trial"'}),
        ("directory", "cancel_import"): ((ID,), {"if_match": '"running-import"'}),
        ("directory", "import_template"): (("sr-Latn",), {}),
        ("directory", "reviews"): ((), {"cursor": ID}),
        ("directory", "organizations_page"): ((), {"cursor": ID}),
        ("directory", "versions"): ((ID,), {"before": 9}),
        ("directory", "version"): ((ID, 3), {}),
        ("directory", "diff"): ((ID,), {"to": 3, "since": 1}),
        ("directory", "revert_listing"): ((ID, 1), KEYS),
        ("directory", "close_listing"): ((ID, CLOSING), KEYS),
        ("directory", "names_of_listings"): (({ID},), {}),
        ("directory", "confirm_listings"): (({ID: 3},), {}),
        ("directory", "draft_listing"): ((body["listing"],), {"idempotency_key": "k"}),
        ("directory", "listing"): ((ID,), {}),
        ("directory", "revise_listing"): ((ID, body["content"]), {"if_match": '"3"'}),
        ("directory", "publish_listing"): ((ID,), {"if_match": '"3"'}),
        ("directory", "withdraw_listing"): ((ID,), {"if_match": '"3"'}),
        ("directory", "delete_listing"): ((ID,), {"if_match": '"3"'}),
        ("directory", "report_capacity"): ((ID, body["capacity"]), {"if_match": '"3"'}),
        ("identity", "agencies"): ((), {}),
        ("identity", "userinfo"): (("a-token",), {}),
        ("notify", "inbox"): ((), {"unread": True, "cursor": ID, "limit": 1}),
        ("notify", "mark_read"): ((ID,), {}),
        ("notify", "mark_all_read"): ((), {}),
        ("notify", "preferences"): ((), {}),
        ("notify", "put_preferences"): (({"language": "sr-Cyrl", "email": email},), {"if_match": '"1"'}),
        ("notify", "webhook_endpoints"): ((), {}),
        ("notify", "create_webhook_endpoint"): (({"url": "https://a.example.org", "description": "x"},), {}),
        ("notify", "webhook_endpoint"): ((ID,), {}),
        ("notify", "delete_webhook_endpoint"): ((ID,), {}),
        ("notify", "test_webhook_endpoint"): ((ID,), {}),
        ("notify", "webhook_attempts"): ((ID,), {"cursor": ID}),
        ("referral", "referrals"): ((), {"direction": "inbound", "status": ("sent", "draft"), "cursor": "c"}),
        ("referral", "create"): ((body["draft"],), {"idempotency_key": "k"}),
        ("referral", "referral"): ((ID,), {}),
        ("referral", "replace_draft"): ((ID, body["draft"]), {"if_match": '"3"'}),
        ("referral", "packet"): ((ID,), {"purpose": "supervision"}),
        ("referral", "history"): ((ID,), {}),
    }
    with_body = {
        "reject": {"reason_code": "no_capacity"},
        "hold": {"reason_code": "safety", "until": "2026-01-09T23:00:00Z"},
        "complete": {"outcome_code": "needs_met"},
        "fail": {"reason_code": "child_left"},
        "cancel": {"reason_code": "child_moved"},
        "give_feedback": {"summary": "s", "recommendations": "r"},
        "set_appointment": {"status": "scheduled", "at": "2026-03-04T09:00:00Z"},
    }
    plain = ("send", "acknowledge", "accept", "start", "resume", "withdraw_consent", "mark_entered_in_error")
    found |= {("referral", name): ((ID,), KEYS) for name in plain}
    found |= calls_of_review("a listing", listing_at(ID)) | calls_of_review("an organization", organization_at(ID))
    return found | {("referral", name): ((ID, content), KEYS) for name, content in with_body.items()}


def calls_of_review(of: str, record: str) -> dict[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]]:
    return {
        ("directory", f"proposal of {of}"): ((record,), {}),
        ("directory", f"discard_proposal of {of}"): ((record,), {"if_match": '"5f2c0a9be1d34c77"'}),
        ("directory", f"take_step of {of}"): ((record, "submit"), KEYS),
        ("directory", f"reject of {of}"): ((record, {"reason": "incomplete", "note": "n"}), KEYS),
        ("directory", f"comment of {of}"): ((record, "text"), KEYS),
    }


def method_of(called: str) -> str:
    return called.partition(" ")[0]


def public_methods(client: type[ApiClient]) -> set[str]:
    return {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}


@cache
def description(service: str) -> dict[str, Any]:
    return resolve_references(OPENAPI / f"{service}.yaml")


def resolved(node: Any, service: str, depth: int = 0) -> Any:
    """Return a part of a description with its references filled in."""
    if isinstance(node, dict) and "$ref" in node:
        file, _, path = node["$ref"].partition("#/")
        target: Any = description(Path(file).stem if file else service)
        for part in path.split("/"):
            target = target[part]
        return resolved(target, Path(file).stem if file else service, depth + 1)
    assert depth < 50
    if isinstance(node, dict):
        return {
            name: resolved(value, service, depth)
            for name, value in node.items()
            if name not in ("responses", "examples")
        }
    return [resolved(value, service, depth) for value in node] if isinstance(node, list) else node


def operation_of(service: str, request: httpx.Request) -> dict[str, Any]:
    """Return the operation that a request calls, the one with the fewest blanks first."""
    paths = sorted(description(service)["paths"], key=lambda path: path.count("{"))
    for path in paths:
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), request.url.path):
            shared = description(service)["paths"][path]
            assert request.method.lower() in shared, f"{request.method} {path} is not described"
            operation = resolved(shared[request.method.lower()], service)
            parameters = [*resolved(shared.get("parameters", []), service), *operation.get("parameters", [])]
            return {**operation, "parameters": parameters}
    raise AssertionError(f"no path fits {request.url.path}")


def request_of(service: str, method: str) -> httpx.Request:
    """Call the method and return what it sent."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"items": [], "contents": [], "last_page": True})

    client = CLIENTS[service](
        f"http://{service}.test", token_of_user=lambda: "token", transport=httpx.MockTransport(answer)
    )
    positional, named = calls()[service, method]
    getattr(client, method_of(method))(*positional, **named)
    return sent[0]


def test_no_method_is_left_out() -> None:
    every = {(service, name) for service, client in CLIENTS.items() for name in public_methods(client)}
    assert every == {(service, method_of(called)) for service, called in calls()}


@pytest.mark.parametrize(("service", "method"), sorted(calls()))
def test_the_method_calls_what_the_api_describes(service: str, method: str) -> None:
    request = request_of(service, method)
    operation = operation_of(service, request)
    described = {(parameter["in"], parameter["name"].casefold()): parameter for parameter in operation["parameters"]}
    for name, value in request.url.params.items():
        assert ("query", name.casefold()) in described, f"{name} is not a parameter"
        schema = described["query", name.casefold()]["schema"]
        assert not schema.get("enum") or value in map(str, schema["enum"])
    for header in ("idempotency-key", "if-match"):
        assert header not in request.headers or ("header", header) in described, f"{header} is not taken"
    assert bool(operation.get("security", True)) <= ("authorization" in request.headers)


@pytest.mark.parametrize(("service", "method"), sorted(calls()))
def test_the_body_is_one_the_api_takes(service: str, method: str) -> None:
    request = request_of(service, method)
    described = operation_of(service, request).get("requestBody")
    if described is None:
        assert request.content == b""
        return
    if request.headers["Content-Type"] == "application/octet-stream":
        assert "application/octet-stream" in described["content"]
        return
    schema = described["content"]["application/json"]["schema"]
    Draft4Validator(schema).validate(json.loads(request.content))


def code_lists() -> list[tuple[str, str, Any]]:
    """Return the portal's lists of codes with where the APIs list the same."""
    return [
        ("referral", "Status", wording.STATUS), ("referral", "Urgency", wording.URGENCY),
        ("referral", "Kind", wording.KIND), ("referral", "DataGroup", wording.GROUPS),
        ("directory", "ListingStatus", wording.LISTING_STATUS), ("notify", "DeliveryStatus", wording.DELIVERY_STATUS),
        ("directory", "Country", wording.COUNTRIES), ("directory", "Tier", wording.TIERS),
        ("directory", "Stage", wording.STAGES), ("directory", "RejectionOfListing", wording.REJECTIONS_OF_LISTING),
        ("directory", "ClosingReason", wording.CLOSING_REASONS), ("directory", "RowAction", wording.ROW_ACTIONS),
        ("directory", "ImportFormat", wording.IMPORT_FORMATS),
        ("directory", "EnquiryAnswerCode", wording.ENQUIRY_ANSWERS),
        ("directory", "AccessibilityCode", wording.ACCESSIBILITY),
    ]  # fmt: skip


@pytest.mark.parametrize(("service", "schema", "words"), code_lists())
def test_every_code_of_the_api_has_words(service: str, schema: str, words: dict[str, Any]) -> None:
    assert set(description(service)["components"]["schemas"][schema]["enum"]) == set(words)


def test_every_code_of_claims_review_and_duplicates_has_words() -> None:
    paths, schemas = description("directory")["paths"], description("directory")["components"]["schemas"]
    rejection = resolved(paths["/claims/{id}/reject"]["post"]["requestBody"], "directory")
    reasons_of_claims = rejection["content"]["application/json"]["schema"]["properties"]["reason"]["enum"]
    findings = schemas["DuplicatePair"]["properties"]["findings"]["items"]["properties"]["code"]["enum"]
    assert set(reasons_of_claims) == set(wording.REJECTIONS_OF_CLAIM)
    assert set(findings) == set(wording.DUPLICATE_FINDINGS)
    assert set(schemas["OwnOrganization"]["properties"]["review"]["enum"]) == set(wording.REVIEW_RULES)
    assert set(schemas["Claim"]["properties"]["status"]["enum"]) == set(wording.CLAIM_STATUS)
    assert set(schemas["RevisedOrganization"]["properties"]) == set(wording.ORGANIZATION_FIELDS)
    assert set(schemas["OrganizationVersion"]["properties"]["action"]["enum"]) == set(wording.ORGANIZATION_DEEDS)
    empty = dict.fromkeys((*wording.CONTENT_FIELDS, *wording.ORGANIZATION_FIELDS), "")
    rows = [row for kind in wording.RECORD_KINDS for row in merging.rows_of(kind, {}, empty)]
    assert {row.take for row in rows if row.take} <= set(schemas["MergeRequest"]["properties"]["take"]["items"]["enum"])


def test_every_reason_outcome_and_answer_of_the_api_has_words() -> None:
    schemas = description("referral")["components"]["schemas"]
    paths = description("referral")["paths"]

    def reasons(action: str, field: str = "reason_code") -> set[str]:
        body = resolved(paths[f"/referrals/{{referral_id}}/{action}"]["post"]["requestBody"], "referral")
        return set(body["content"]["application/json"]["schema"]["properties"][field]["enum"])

    assert reasons("reject") == set(wording.REJECT_REASONS)
    assert reasons("hold") == set(wording.HOLD_REASONS)
    assert reasons("fail") == set(wording.FAIL_REASONS)
    assert reasons("cancel") == set(wording.CANCEL_REASONS)
    assert reasons("complete", "outcome_code") == set(wording.OUTCOMES)
    assert set(schemas["Due"]["properties"]["action"]["enum"]) == set(wording.DUE)
    assert set(schemas["Appointment"]["properties"]["status"]["enum"]) == set(wording.APPOINTMENT)
    consent = schemas["Consent"]["properties"]
    assert set(consent["basis"]["enum"]) == set(wording.BASIS)
    assert set(consent["given_by"]["enum"]) == set(wording.GIVEN_BY)
    assert set(consent["form"]["enum"]) == set(wording.CONSENT_FORM)
    assert set(schemas["Triage"]["properties"]["age_band"]["enum"]) == set(wording.AGE_BANDS)
    packet = schemas["Packet"]["properties"]
    assert {group: set(fields["properties"]) for group, fields in packet.items()} == {
        group: set(fields) for group, fields in referral_form.GROUPS.items()
    }

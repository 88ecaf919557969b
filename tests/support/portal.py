"""Gives tests the portal over made-up answers of the other services, and somebody signed in to it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from flask import Flask
from flask.testing import FlaskClient

from services.portal.bootstrap import create_app
from services.portal.form_tokens import FormTokens
from services.portal.settings import PortalSettings

ENVIRONMENT = {
    "PORTAL_URL": "http://portal.test",
    "DIRECTORY_URL": "http://directory.test",
    "REFERRAL_URL": "http://referral.test",
    "NOTIFY_URL": "http://notify.test",
    "IDENTITY_URL": "http://identity.test",
    "ISSUER": "http://identity.test",
    "CLIENT_ID": "portal",
    "CLIENT_SECRET": "not-a-secret",
    "SESSION_KEY": "a-key-for-tests-that-is-long-enough-to-be-taken",
}
SERVICE_ID = "0d4f4a3e-58a3-5a52-9f7e-0f4f5a3b2c11"
REFERRAL_ID = "01998d2e-7f00-7000-8000-000000000001"
TERMS = [
    {"id": "t1", "code": "psychosocial-support", "name": "Psychosocial support", "description": "-"},
    {"id": "t2", "code": "counselling", "name": "Counselling", "description": "-", "parent_id": "t1"},
]
TIRANA = {"code": "AL-tirane", "country": "AL", "level": "municipality", "name": "Tiranë", "names": {"sq": "Tiranë"}}
A_HELPLINE = {
    "id": "5dc21541-35a6-57f6-bbd1-0e951e018139", "name": "Helpline", "status": "active",
    "phones": [{"id": "p1", "number": "116 111"}], "service_areas": [{"id": "a1", "extent": "AL"}],
}  # fmt: skip
Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


def an_opening(service_id: str, code: str, text: str, **params: Any) -> dict[str, Any]:
    """Return what the directory says of a service's door."""
    return {"service_id": service_id, "code": code, "params": params, "text": text}


def page_of(*contents: Any) -> dict[str, Any]:
    """Return the directory's page envelope around some contents."""
    return {
        "total_items": len(contents), "total_pages": 1, "page_number": 1, "size": len(contents),
        "first_page": True, "last_page": True, "empty": not contents, "contents": list(contents),
    }  # fmt: skip


def a_referral(**changes: Any) -> dict[str, Any]:
    """Return a referral as its API shows it, valid unless changed."""
    return {
        "id": REFERRAL_ID, "reference": "LR-7K3M-2Q9D", "kind": "referral", "status": "sent", "urgency": "urgent",
        "version": 2, "direction": "inbound",
        "service": {"id": SERVICE_ID, "name": "Qendra Agimi", "organization_name": "Agimi"},
        "referring_agency": {"id": "a1", "name": "Centre"}, "receiving_agency": {"id": "a2", "name": "Agimi"},
        "triage": {"needs": ["counselling"], "age_band": "12-14", "sex": "female", "municipality": "AL-tirane"},
        "consent": {"basis": "consent", "data_groups": ["identity"]}, "due": [], "appointment": None,
        "outcome_code": None, "reason_code": None, "allowed_actions": [], "warnings": [],
        "created_at": "2026-03-02T08:00:00Z", "sent_at": "2026-03-02T08:01:00Z",
    } | changes  # fmt: skip


def problem(status: int, slug: str, **members: Any) -> httpx.Response:
    """Return an answer with problem details."""
    body = {"type": f"https://lidhja.example.org/problems/{slug}", "title": slug, "status": status} | members
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


@dataclass
class FakeApis:
    """Answers by method, host and path; remembers what it was asked. An unknown path answers 404."""

    answers: list[tuple[str, re.Pattern[str], Answer]] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    def on(self, method: str, service: str, path: str, answer: Any) -> None:
        """Add an answer; later ones go before earlier ones. A dict or list becomes 200 with that JSON."""
        given = answer if isinstance(answer, httpx.Response) or callable(answer) else httpx.Response(200, json=answer)
        self.answers.insert(0, (method, re.compile(rf"http://{service}\.test{path}\Z"), given))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer like the services would."""
        self.asked.append(request)
        address = str(request.url.copy_with(query=None))
        for method, pattern, answer in self.answers:
            if method == request.method and pattern.match(address):
                found = answer(request) if callable(answer) else answer
                return httpx.Response(found.status_code, headers=found.headers, content=found.content)
        return problem(404, "not-found")

    def sent(self, method: str, path: str) -> list[Any]:
        """Return the JSON bodies sent to a path so far."""
        return [
            json.loads(request.content or b"null")
            for request in self.asked
            if request.method == method and request.url.path == path
        ]


def everyday_apis() -> FakeApis:
    """Return services that know one need, one place and one service, and an empty inbox."""
    apis = FakeApis()
    apis.on("GET", "directory", "/taxonomy_terms", page_of(*TERMS))
    apis.on("GET", "directory", "/municipalities", {"items": [TIRANA]})
    apis.on("POST", "directory", "/services", page_of(A_HELPLINE))
    apis.on("POST", "directory", "/openings", {"items": []})
    apis.on(
        "GET", "directory", f"/services/{SERVICE_ID}", {"id": SERVICE_ID, "name": "Qendra Agimi", "status": "active"}
    )
    apis.on("GET", "notify", "/inbox", {"items": [], "next_cursor": None, "unread_count": 0})
    return apis


def a_portal(apis: FakeApis, **environment: str) -> Flask:
    """Build the portal over the made-up services."""
    settings = PortalSettings.from_environment(ENVIRONMENT | environment)
    app = create_app(settings, transport=httpx.MockTransport(apis))
    app.testing = False
    return app


FORM_TOKEN = FormTokens((ENVIRONMENT["SESSION_KEY"],)).drawn_for("p1")


def signed_in(app: Flask, *roles: str, token_lives: int = 600, who: str = "p1") -> FlaskClient:
    """Return a browser in which somebody with the roles is signed in."""
    browser = app.test_client()
    sign_in(browser, *roles, token_lives=token_lives, who=who)
    return browser


def sign_in(browser: FlaskClient, *roles: str, token_lives: int = 600, who: str = "p1") -> None:
    """Begin a session in a browser, as the callback from the issuer does."""
    with browser.session_transaction() as session:
        session.clear()
        session["account"] = {
            "id": who, "name": "Drita", "agency_id": "a1", "agency_name": "Centre", "country": "AL",
            "roles": list(roles),
        }  # fmt: skip
        session["tokens"] = {"access": "access-1", "refresh": "refresh-1", "until": int(time.time()) + token_lives}

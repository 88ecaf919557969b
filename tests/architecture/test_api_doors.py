"""Knocks at every door of every API without a token: what the description promises, the process does."""

from __future__ import annotations

import re

import pytest

from tests.architecture.doors import api_of
from tests.architecture.sources import STATEFUL
from tests.architecture.test_routes import NAMES, OPERATIONS, PUBLIC

AN_ID = "01a20af1-8cf6-7aec-9f7b-6e27356149ff"
# Beside its description every API has these; they tell nothing about anybody.
MACHINERY = {"/health/live", "/health/ready", "/metrics", "/openapi.json", "/static/{}"}


@pytest.mark.parametrize(("service", "method", "path", "_operation"), OPERATIONS, ids=NAMES)
def test_without_a_token_a_door_stays_shut(service: str, method: str, path: str, _operation: object) -> None:
    if (service, method, path) in PUBLIC:
        return
    body = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
    answer = (
        api_of(service).test_client().request(method, re.sub(r"\{\w+\}", AN_ID, path.replace("{number}", "1")), **body)
    )
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("service", STATEFUL)
def test_there_is_no_door_beside_the_description(service: str) -> None:
    described = {re.sub(r"\{\w+\}", "{}", path) for owner, _, path, _ in OPERATIONS if owner == service}
    routes = {re.sub(r"<[^>]+>", "{}", rule.rule) for rule in api_of(service).app.url_map.iter_rules()}
    assert routes - described - MACHINERY == set()

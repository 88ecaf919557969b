"""Guards the doors: every route demands a token with a scope, or is on the short list of those that are public."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.connexion_app import resolve_references
from tests.architecture.sources import ROOT, STATEFUL

METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
# Whoever adds a line here says why nobody's token is needed.
PUBLIC = {
    # The sign-in itself, and what checks its tokens.
    ("identity", "GET", "/.well-known/openid-configuration"),
    ("identity", "GET", "/oauth/jwks"),
    ("identity", "GET", "/oauth/authorize"),
    ("identity", "POST", "/oauth/authorize"),
    ("identity", "POST", "/oauth/token"),
    ("identity", "POST", "/oauth/revoke"),
    ("identity", "GET", "/oauth/sign-in.css"),
    # The public tier of the directory: open without registration, as HSDS feeds are.
    ("directory", "GET", "/"),
    ("directory", "GET", "/services"),
    ("directory", "GET", "/services/{id}"),
    ("directory", "GET", "/organizations"),
    ("directory", "GET", "/organizations/{id}"),
    ("directory", "GET", "/taxonomies"),
    ("directory", "GET", "/taxonomies/{id}"),
    ("directory", "GET", "/taxonomy_terms"),
    ("directory", "GET", "/taxonomy_terms/{id}"),
    ("directory", "GET", "/service_at_locations"),
    ("directory", "GET", "/service_at_locations/{id}"),
    ("directory", "GET", "/municipalities"),
    ("directory", "GET", "/exports"),
    ("directory", "GET", "/profile"),
    ("directory", "GET", "/changes"),
    # Reads too: criteria in a body stand in no address. Nothing is written.
    ("directory", "POST", "/services"),
    ("directory", "POST", "/organizations"),
    ("directory", "POST", "/taxonomies"),
    ("directory", "POST", "/taxonomy_terms"),
    ("directory", "POST", "/service_at_locations"),
    ("directory", "POST", "/openings"),
}


def operations() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Every operation of every API description: service, method, path, description."""
    for service in STATEFUL:
        description = resolve_references(ROOT / "openapi" / f"{service}.yaml")
        for path, item in description["paths"].items():
            for method, operation in item.items():
                if method in METHODS:
                    yield service, method.upper(), path, {"security": description.get("security"), **operation}


OPERATIONS = list(operations())
NAMES = [f"{service} {method} {path}" for service, method, path, _ in OPERATIONS]


@pytest.mark.parametrize(("service", "method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_a_route_demands_a_token_or_is_listed_as_public(
    service: str, method: str, path: str, operation: dict[str, Any]
) -> None:
    security = operation["security"]
    assert security is not None, "say security: [] where a route is public"
    if (service, method, path) in PUBLIC:
        assert security == []
    else:
        assert security
        assert all("oauth2" in entry for entry in security)


def test_no_listed_route_is_gone() -> None:
    there = {(service, method, path) for service, method, path, _ in OPERATIONS}
    assert there >= PUBLIC


@pytest.mark.parametrize(("service", "method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_an_operation_names_a_handler_that_exists(
    service: str, method: str, path: str, operation: dict[str, Any]
) -> None:
    del method, path
    module, _, name = operation["operationId"].rpartition(".")
    assert module.startswith((f"services.{service}.entrypoints.api.", "chassis."))
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(("service", "method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_an_operation_says_what_it_does_and_how_it_fails(
    service: str, method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation.get("summary")
    if path.startswith(("/oauth/", "/.well-known/")) or (service, method, path) == ("directory", "GET", "/"):
        return
    assert any(status.startswith(("4", "default")) for status in operation["responses"])


@pytest.mark.parametrize("service", STATEFUL)
def test_a_description_draws_in_all_it_refers_to(service: str) -> None:
    description = resolve_references(ROOT / "openapi" / f"{service}.yaml")
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(description)):
        node: Any = description
        for part in reference.split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]

"""Guards that whatever changes something that others may change too can be told which version its caller has seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chassis.connexion_app import resolve_references

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
# Whoever adds a line here says why nobody can overwrite what he has not seen.
WITHOUT = {
    # Closing twice is closing once, and only the asker does it.
    "post /capacity-enquiries/{id}/close",
    # A claim is new whatever became of the organization; who stands behind it is looked at in the transaction.
    "post /organizations/{id}/claims",
}


def steps() -> dict[str, dict[str, Any]]:
    """Return the operations that change one thing named in the path."""
    description = resolve_references(OPENAPI / "directory.yaml")
    return {
        f"{method} {path}": operation
        for path, shared in description["paths"].items()
        for method, operation in shared.items()
        if method in ("put", "post", "delete") and "{" in path
    }


def names_of(operation: dict[str, Any]) -> set[str]:
    return {str(taken.get("name") or taken["$ref"].rsplit("/")[-1]) for taken in operation.get("parameters", [])}


def test_the_exceptions_are_operations() -> None:
    assert set(steps()) >= WITHOUT


@pytest.mark.parametrize("name", sorted(set(steps()) - WITHOUT))
def test_a_change_takes_the_version_that_was_seen(name: str) -> None:
    operation = steps()[name]
    assert names_of(operation) & {"If-Match", "IfMatch"}, f"{name} takes no If-Match"
    assert "412" in operation["responses"], f"{name} does not say that it may be refused"

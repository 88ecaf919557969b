"""Every operation of the directory's API description, asked with what fits it and with what does not.

Schemathesis makes up the requests, at random and then at the edges of each rule, and judges the answers: no failure of
the server, no status, media type, header or body that the description does not name, and nothing accepted that the
description forbids.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from chassis.connexion_app import OPENAPI_FOLDER, resolve_references
from tests.support.own_directory import OwnDirectory, own_directory

# FUZZ_EXAMPLES asks for a longer look, each time another; without it every run asks the same.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FEW_EXAMPLES = 12
# So many of the cases at the edges of the rules, spread over all there are; every method that no operation has besides.
FEW_EDGES = 12
DESCRIPTION = resolve_references(OPENAPI_FOLDER / "directory.yaml")
# What no schema can say: these values are read by the directory itself, and refused with 400 where they mean nothing.
READ_BY_HAND = frozenset(
    {
        "after",
        "country",
        "cursor",
        "facets",
        "modified_after",
        "month",
        "near",
        "/need/open_at",
        "/open_at",
        "/until",
        "open_at",
        "proximity",
        "within_km",
    }
)
# A header that a schema cannot ask for without losing the problem that says what to do about it.
ABOUT_HEADERS = frozenset({"idempotency-key-missing", "malformed-request"})
AGENCY = "3f0c61a2-52c5-4b8e-9e0f-0f3d6d6f0a11"


def scopes_of(description: dict[str, Any]) -> str:
    """Return every scope that the description knows, so that nothing is refused for want of one."""
    flows = description["components"]["securitySchemes"]["oauth2"]["flows"]
    return " ".join(sorted({scope for flow in flows.values() for scope in flow["scopes"]}))


def labels_of(description: dict[str, Any]) -> list[str]:
    """Return every operation as method and path."""
    methods = {"get", "put", "post", "delete", "patch"}
    return [f"{method.upper()} {path}" for path, item in description["paths"].items() for method in methods & set(item)]


# A file goes out as it is.
schemathesis.serializer.alias("application/zip", "application/octet-stream")

SCOPES = scopes_of(DESCRIPTION)
METHODS = {path: {method.upper() for method in item} for path, item in DESCRIPTION["paths"].items()}


@pytest.fixture(scope="module")
def own() -> Iterator[OwnDirectory]:
    with own_directory() as built:
        yield built


@pytest.fixture(scope="module")
def operations(own: OwnDirectory) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = own.app
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def refuses_what_fits(_context: Any, response: Any, case: Any) -> None:
    """Fail where a request that fits the description is answered as one that does not."""
    if case.meta.generation.mode is not GenerationMode.POSITIVE or response.status_code != 400:
        return
    problem = response.json()
    named = {error.get("parameter") or error.get("pointer") for error in problem.get("errors", [])}
    # How long a translation may be depends on the field that it translates.
    named = {name for name in named if not re.fullmatch(r"/translations/\d+/text", name)}
    about = problem["type"].rsplit("/", 1)[-1]
    assert about in ABOUT_HEADERS or (problem.get("errors") and named <= READ_BY_HAND), problem


def spread(cases: list[Any]) -> list[Any]:
    """Return some of the cases, the same in every run, or all where a longer look is asked for."""
    others = [case for case in cases if case.method in METHODS[case.path]]
    undeclared = [case for case in cases if case.method not in METHODS[case.path]]
    step = 1 if EXAMPLES else max(1, len(others) // FEW_EDGES)
    return others[::step] + undeclared


def settings() -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=EXAMPLES or FEW_EXAMPLES,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        # The first failure says enough; looking for the smallest one takes minutes.
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def judge(case: Any, headers: dict[str, str]) -> None:
    """Send the request and fail where the answer breaks what the description says."""
    case.validate_response(
        case.call(headers=headers),
        headers=headers,
        additional_checks=[refuses_what_fits],
        # Whether a good request meets an object, and one in the right state, is not the description's to say.
        excluded_checks=[positive_data_acceptance],
    )


BOTH_MODES = pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.value for mode in GenerationMode])
EVERY_OPERATION = pytest.mark.parametrize("label", sorted(labels_of(DESCRIPTION)))


@BOTH_MODES
@EVERY_OPERATION
def test_no_operation_breaks_its_word(
    own: OwnDirectory, operations: dict[str, Any], label: str, mode: GenerationMode
) -> None:
    headers = own.issuer.bearer(agency_id=AGENCY, scopes=SCOPES, lifetime_seconds=3_600)

    @settings()
    @given(case=operations[label].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        judge(case, headers)

    try:
        ask()
    except Unsatisfiable:
        pytest.skip("takes nothing that could be wrong")


@BOTH_MODES
@EVERY_OPERATION
def test_no_operation_breaks_its_word_at_the_edge_of_a_rule(
    own: OwnDirectory, operations: dict[str, Any], label: str, mode: GenerationMode
) -> None:
    headers = own.issuer.bearer(agency_id=AGENCY, scopes=SCOPES, lifetime_seconds=3_600)
    operation = operations[label]
    cases = operation.schema.iter_coverage_cases(
        operation, generation_modes=[mode], generation_config=operation.schema.config.generation
    )
    for case in spread(list(cases)):
        judge(case, headers)

"""What an official example says comes back equal after an import: from the API, the own export and the public one.

Equal: every property of the example has the same value, lists in the same order. Our own word are the time of change
of a service, by when it is to be confirmed, and whose it is, which an example says in one way of two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.directory import Agency
from tests.support.hsds import VERSIONS, example, needs_schemas
from tests.support.imports import codes_of, imported
from tests.support.own_directory import OwnDirectory, own_directory

pytestmark = needs_schemas
ADDED = {"last_modified", "confirm_by", "organization_id"}
# Of an organization the services come back in their own right, and are compared there.
APART = {"organization_full": "services", "organization_list": "services"}
READ_AT = {
    "service": "/services",
    "organization": "/organizations",
    "taxonomy": "/taxonomies",
    "taxonomy_term": "/taxonomy_terms",
}
EXAMPLES = [f"{kind}_{shape}" for kind in ("service", "organization") for shape in ("full", "list")]
EXAMPLES += ["taxonomy", "taxonomy_list", "taxonomy_term", "taxonomy_term_list"]


@pytest.fixture(scope="module", params=[(version, name) for version in VERSIONS for name in EXAMPLES], ids=" ".join)
def trip(request: pytest.FixtureRequest, own: OwnDirectory) -> tuple[str, str, dict[str, Any], Agency]:
    """Import an example under ids of its own, and return version, name, what it says, and who imported it."""
    version, name = request.param
    given = example(version, name)
    given = given.get("contents", [given])[0]
    if name == "service_list":
        # What says neither where it is nor whom it serves is not published.
        given["service_areas"] = example(version, "service_full")["service_areas"]
    text = json.dumps(given)
    for place, old in enumerate(ids_in(given)):
        # Every example under ids of its own, so that none stands in the way of another.
        text = text.replace(old, f"{old[:-6]}{VERSIONS.index(version)}{EXAMPLES.index(name)}{place:04}")
    agency = Agency(own.client, own.issuer)
    job = imported(own.directory, agency, text, format="ndjson", country="AL", publish=True)
    assert codes_of(job) == [], job
    return version, name, json.loads(text), agency


@pytest.fixture(scope="module")
def own() -> Iterator[OwnDirectory]:
    with own_directory() as built:
        yield built


def ids_in(part: Any) -> list[str]:
    """Return all ids that a document names, each once."""
    found: dict[str, None] = {}
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and (name == "id" or name.endswith("_id")) and len(value) == 36:
                found[value] = None
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        found |= dict.fromkeys(ids_in(value))
    return list(found)


def same(told: dict[str, Any], given: dict[str, Any], name: str) -> None:
    added = {field for field in ADDED if field not in given} | {"last_modified", APART.get(name, "")}
    left, right = ({key: value for key, value in each.items() if key not in added} for each in (told, given))
    assert {key: left.get(key) for key in right} == right
    assert set(left) - set(right) <= {"organization"}


def kind_of(name: str) -> str:
    return name.removesuffix("_full").removesuffix("_list")


def test_the_api_tells_it_again(trip: Any) -> None:
    version, name, given, agency = trip
    answer = agency.client.get(f"{READ_AT[kind_of(name)]}/{given['id']}?profile=hsds-{version}")
    assert answer.status_code == 200, answer.text
    same(answer.json(), given, name)


@pytest.mark.parametrize("path", ["/exports/own", "/exports"])
@pytest.mark.parametrize("format", ["ndjson", "hsds-json"])
def test_an_export_tells_it_again(trip: Any, path: str, format: str) -> None:
    version, name, given, agency = trip
    if kind_of(name).startswith("taxonomy"):
        pytest.skip("A file of documents holds services and organizations; a package holds taxonomies, too.")
    headers = agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes) if path == "/exports/own" else None
    answer = agency.client.get(path, params={"format": format, "version": version}, headers=headers)
    assert answer.status_code == 200, answer.text
    told = json.loads(answer.text) if format == "hsds-json" else list(map(json.loads, answer.text.splitlines()))
    documents = {document["id"]: document for document in told}
    # An organization that has services is told within them.
    owners = {owner["id"]: owner for document in told if (owner := document.get("organization"))}
    same({**owners, **documents}[given["id"]], given, name)

"""The official schemas and examples of HSDS, as judges and as records with every field filled."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from services.directory.bootstrap import Directory
from services.directory.domain.eligibility import Eligibility
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.location import PhysicalLocation
from services.directory.domain.organization import Organization

FOLDER = Path(os.environ.get("HSDS_CONFORMANCE_DIR") or Path(__file__).parents[3] / "shared" / "conformance")
VERSIONS = ("3.0", "3.1")
needs_schemas = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no HSDS schemas in {FOLDER}: set HSDS_CONFORMANCE_DIR to a folder that has them"
)
# By which address the official schemas name each other; nothing is fetched.
_ONLINE = "https://raw.githubusercontent.com/openreferral/specification"
_OWN = (
    "name", "alternate_name", "description", "url", "email", "application_process", "fees_description", "wait_time",
    "alert",
)  # fmt: skip
_ELSEWHERE = ("id", "organization", "organization_id", "last_modified", "eligibility_description")
_OF_ORGANIZATION = ("id", "name", "alternate_name", "description", "email", "website")


def closed(schema: Any) -> Any:
    """Return the schema with every object closed against fields it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: closed(part) for name, part in schema.items()}
    if "properties" in schema and schema.get("type") == "object":
        changed["additionalProperties"] = False
    return changed


@lru_cache
def judge(version: str, name: str, *, strict: bool = False) -> Draft202012Validator:
    """Return the validator of an official schema, formats included; strict allows no field it does not name."""
    folder = FOLDER / f"hsds-{version}" / "schema"
    registry: Registry[Any] = Registry()
    for file in folder.glob("*.json"):
        if file.name == "openapi.json":
            continue
        text = json.loads(file.read_text()) | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        resource = Resource.from_contents(closed(text) if strict else text)
        online = f"{_ONLINE}/{version}/schema/{file.name}"
        registry = registry.with_resources([(file.name, resource), (online, resource)])
    schema = json.loads((folder / name).read_text())
    schema.pop("$id", None)
    return Draft202012Validator(closed(schema) if strict else schema, format_checker=FormatChecker(), registry=registry)


@lru_cache
def answer_judge(version: str, path: str) -> Draft202012Validator:
    """Return the validator of what the official description of the API says is answered at a path."""
    described = json.loads((FOLDER / f"hsds-{version}" / "schema" / "openapi.json").read_text())
    schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    registry: Registry[Any] = Registry()
    # The description of 3.1 names schemas of 3.0.
    for each in VERSIONS:
        folder = FOLDER / f"hsds-{each}" / "schema"
        for file in (*folder.glob("compiled/*.json"), folder / "taxonomy.json", folder / "taxonomy_term.json"):
            text = json.loads(file.read_text()) | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
            online = f"{_ONLINE}/{each}/schema/{file.relative_to(folder)}"
            registry = registry.with_resource(online, Resource.from_contents(text))
    whole = {**schema, "components": described["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker(), registry=registry)


def faults(checker: Draft202012Validator, document: Any) -> list[str]:
    """Return what is wrong with a document, by place."""
    found = checker.iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:120]}" for error in found]


def example(version: str, name: str) -> Any:
    """Return an official example."""
    return json.loads((FOLDER / f"hsds-{version}" / "examples" / f"{name}.json").read_text())


def take_over(directory: Directory, document: dict[str, Any], organization: dict[str, Any], **said: Any) -> None:
    """Publish a service as a feed of others tells it, with all its detail and with its own ids."""
    now = directory.clock.now()
    own = {name: organization.get(name) for name in _OF_ORGANIZATION}
    rest = {name: value for name, value in organization.items() if name not in (*own, "services")}
    owner = Organization(country="AL", hsds=rest, is_public=True, **own)
    ages = {name: document.get(name) for name in ("minimum_age", "maximum_age")}
    apart = (*_OWN, *_ELSEWHERE, *ages)
    fields: dict[str, Any] = {
        **{name: document.get(name) for name in _OWN},
        "taxonomy_terms": (),
        "languages": (),
        "serves": (),
        "location": PhysicalLocation(municipality="AL-tirane"),
        "eligibility": Eligibility(**ages, description=document.get("eligibility_description")),
        "hsds": {name: value for name, value in document.items() if name not in apart},
        **said,
    }
    listing = Listing(
        id=document["id"],
        organization_id=owner.id,
        content=ListingContent(**fields),
        created_at=now,
        last_modified=now,
    )
    with directory.unit_of_work() as uow:
        if uow.organizations.get(owner.id) is None:
            uow.organizations.add(owner, now)
        listing.publish(now)
        uow.listings.add(listing)
        uow.commit()

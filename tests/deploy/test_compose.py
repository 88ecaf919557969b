"""Holds docker-compose.yml to the Compose specification and to what this project promises about it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$\{(\w+)(:?[-?][^}]*)?\}")
SECRET = re.compile(r"PASSWORD|SECRET|KEY|CLUSTER_ID")
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"].startswith("lidhja/")}
DEPLOYABLES = ("identity", "directory", "referral", "notify", "portal")


def example_values() -> dict[str, str]:
    lines = (line for line in EXAMPLE.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def test_the_file_is_valid_against_the_compose_specification() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(COMPOSE)] == []


def test_no_secret_has_a_default() -> None:
    optional = {"SMTP_USERNAME", "SMTP_PASSWORD"}
    for name, rule in VARIABLE.findall(TEXT):
        if name not in optional:
            assert rule.startswith(":?"), f"{name} must stop everything when it is missing"


def test_the_example_names_every_variable_and_gives_no_working_secret() -> None:
    example = example_values()
    wanted = {name for name, rule in VARIABLE.findall(TEXT) if rule.startswith(":?")}
    assert wanted <= set(example)
    assert {name for name in example if name not in wanted} <= {"PYTHON_IMAGE"}
    for name, value in example.items():
        if SECRET.search(name):
            assert value.endswith("change-me"), name


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_every_process_that_stays_has_a_health_check(name: str) -> None:
    service = COMPOSE["services"][name]
    if service.get("restart") != "no":
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_have_no_rights_they_do_not_need(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["user"] == "10001:10001"
    assert service["cap_drop"] == ["ALL"]


def test_every_part_waits_for_what_it_needs() -> None:
    for name in DEPLOYABLES[:-1]:
        needs = COMPOSE["services"][name]["depends_on"]
        assert needs[f"{name}-migrate"] == {"condition": "service_completed_successfully"}
        assert COMPOSE["services"][f"{name}-worker"]["depends_on"]["kafka"] == {"condition": "service_healthy"}
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])


def test_the_portal_cannot_reach_the_database_or_the_broker() -> None:
    portal = set(COMPOSE["services"]["portal"]["networks"])
    for store in ("postgres", "kafka"):
        assert not portal & set(COMPOSE["services"][store]["networks"])


def test_each_service_is_given_its_own_database_alone() -> None:
    for name in DEPLOYABLES:
        for process in (name, f"{name}-worker", f"{name}-migrate"):
            environment = COMPOSE["services"].get(process, {}).get("environment", {})
            databases = re.findall(r"lidhja_(\w+)", environment.get("DATABASE_URL", ""))
            assert set(databases) <= {name}


@pytest.mark.parametrize("name", DEPLOYABLES)
def test_an_image_holds_only_its_own_service(name: str) -> None:
    lines = (ROOT / "services" / name / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY ")}
    allowed = {"chassis", "openapi", "services/__init__.py", f"services/{name}", f"services/{name}/requirements.txt"}
    if name != "portal":
        allowed.add("deploy/kafka/topics.yaml")
    assert copied == allowed
    assert any(line.startswith("USER 10001") for line in lines)

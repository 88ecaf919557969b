"""Guards the walls between the services: no import of a sibling, no shared file, the same skeleton."""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict

import pytest

from tests.architecture.sources import ROOT, SERVICES, STATEFUL, name_of, python_files, tracked_files, tree_of


def imported_modules(path_tree: ast.Module) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(path_tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_imports_a_sibling(service: str) -> None:
    siblings = {f"services.{other}" for other in SERVICES if other != service}
    found = [
        f"{name_of(path)}: {module}"
        for path in python_files("services")
        if path.is_relative_to(ROOT / "services" / service)
        for module in imported_modules(tree_of(path))
        if any(module == sibling or module.startswith(f"{sibling}.") for sibling in siblings)
    ]
    assert found == []


def test_no_two_services_share_a_file() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    names: dict[str, list[str]] = defaultdict(list)
    for path in tracked_files():
        parts = path.relative_to(ROOT).parts
        # Empty files and the marker of a migration's number are no shared content.
        if parts[0] != "services" or len(parts) < 3 or path.stat().st_size == 0 or path.name == "HEAD":
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        owners[digest].add(parts[1])
        names[digest].append(name_of(path))
    assert [names[digest] for digest, services in owners.items() if len(services) > 1] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_comes_with_what_deploys_it(service: str) -> None:
    folder = ROOT / "services" / service
    for name in ("README.md", "Dockerfile", "requirements.in", "requirements.txt", "gunicorn.conf.py", "settings.py"):
        assert (folder / name).is_file(), name


@pytest.mark.parametrize("service", STATEFUL)
def test_a_service_with_data_has_every_layer(service: str) -> None:
    folder = ROOT / "services" / service
    for name in ("domain", "application", "adapters", "entrypoints", "bootstrap.py", "migrations/HEAD"):
        assert (folder / name).exists(), name


def test_nothing_but_services_lives_beside_them() -> None:
    beside = {
        path.relative_to(ROOT).parts[1] for path in tracked_files() if path.relative_to(ROOT).parts[0] == "services"
    }
    assert beside == {*SERVICES, "__init__.py"}

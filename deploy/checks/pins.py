"""Refuses a requirement, base image or build plug-in that is not pinned, and a lock that fell behind."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(\[[^]]*\])?==(\S+)")
NAME = re.compile(r"^([A-Za-z0-9._-]+)")
REGISTRY = re.compile(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links)\b|https?://")


def canonical(name: str) -> str:
    """Spell a package name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def logical_lines(path: Path) -> list[str]:
    """Return the requirement lines of a file, continuation lines joined and comments dropped."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def pins_of(path: Path) -> dict[str, set[str]]:
    """Return package -> versions of a lock (a package may have one version per Python)."""
    pins: dict[str, set[str]] = {}
    for line in logical_lines(path):
        if match := PINNED.match(line):
            pins.setdefault(canonical(match[1]), set()).add(match[3])
    return pins


def faults_of_lock(path: Path) -> Iterator[str]:
    """Yield lines that are not ``name==version`` with hashes, and addresses of registries."""
    for line in logical_lines(path):
        if REGISTRY.search(line):
            yield f"{path.relative_to(ROOT)}: names a registry: {line[:80]}"
        elif not PINNED.match(line) or "--hash=sha256:" not in line:
            yield f"{path.relative_to(ROOT)}: not pinned with hashes: {line[:80]}"


def wanted(source: Path) -> Iterator[str]:
    """Yield the packages that a .in file asks for, those of the files it includes too."""
    for line in logical_lines(source):
        if line.startswith("-r "):
            yield from wanted(source.parent / line[3:].strip())
        elif match := NAME.match(line):
            yield canonical(match[1])


def faults_of_locks() -> Iterator[str]:
    """Check every lock against its source and against the big lock, from which all versions come."""
    big = pins_of(ROOT / "requirements" / "dev.txt")
    sources = [ROOT / "requirements" / name for name in ("dev.in", "embedded.in")]
    sources += [
        path / "requirements.in" for path in sorted(ROOT.glob("services/*/")) if (path / "__init__.py").exists()
    ]
    for source in sources:
        lock = source.with_suffix(".txt")
        if not source.exists() or not lock.exists():
            yield f"{lock.relative_to(ROOT)}: lock or source is missing; run make lock"
            continue
        yield from faults_of_lock(lock)
        pins = pins_of(lock)
        yield from (
            f"{lock.relative_to(ROOT)}: lacks {name}; run make lock" for name in wanted(source) if name not in pins
        )
        for name, versions in pins.items():
            if not versions <= big.get(name, set()):
                yield f"{lock.relative_to(ROOT)}: {name} differs from requirements/dev.txt; run make lock"


def faults_of_images() -> Iterator[str]:
    """Check that each base image is a build argument and each composed image carries a full tag."""
    for dockerfile in sorted([*ROOT.glob("services/*/Dockerfile"), *ROOT.glob("deploy/images/*.Dockerfile")]):
        for line in dockerfile.read_text(encoding="utf-8").splitlines():
            if line.startswith("FROM ") and not line.startswith("FROM ${"):
                yield f"{dockerfile.relative_to(ROOT)}: the base image must be a build argument: {line}"
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    chosen = dict(line.split("=", 1) for line in example.splitlines() if "=" in line and not line.startswith("#"))
    for name, image in chosen.items():
        if name.endswith("_IMAGE") and not re.search(
            r":\d+\.\d[\w.-]*$|:v\d+\.\d[\w.-]*$|@sha256:[0-9a-f]{64}$", image
        ):
            yield f".env.example: {name} is not pinned: {image}"
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for name, service in compose["services"].items():
        variable = re.match(r"\$\{(\w+_IMAGE):\?", service["image"])
        if not service["image"].startswith("lidhja/") and not (variable and variable[1] in chosen):
            yield f"docker-compose.yml: {name}: the image is not taken from .env: {service['image']}"


def main() -> None:
    """Print every fault; fail when there is one."""
    faults = [*faults_of_locks(), *faults_of_images()]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

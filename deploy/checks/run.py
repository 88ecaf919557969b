"""Runs every static check, shows what failed, and fails when one did: `make check`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TYPED = ["chassis", "services", "deploy"]


def commands() -> dict[str, list[str]]:
    """Return the checks by name; each command starts with a module of the environment's Python."""
    return {
        "ruff: style": ["ruff", "check", "."],
        "ruff: format": ["ruff", "format", "--check", "."],
        "mypy: types, strict": ["mypy", *TYPED],
        "import-linter: dependency rules": ["deploy.checks.imports"],
        "openapi: documents": ["deploy.checks.openapi"],
        "requirements: pinned": ["deploy.checks.pins"],
        "yamllint": ["yamllint", "-c", "deploy/checks/yamllint.yaml", "--strict", "."],
    }


def run_check(name: str, command: list[str]) -> bool:
    """Run one check and print its output only when it failed."""
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    passed = result.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if not passed:
        print(result.stdout + result.stderr, flush=True)
    return passed


def main() -> None:
    """Run all checks even when one failed, so that one look shows everything; ``--fix`` repairs style first."""
    if "--fix" in sys.argv[1:]:
        subprocess.run([sys.executable, "-m", "ruff", "check", "--fix", "--quiet", "."], cwd=ROOT)
        sys.exit(subprocess.run([sys.executable, "-m", "ruff", "format", "."], cwd=ROOT).returncode)
    failed = [name for name, command in commands().items() if not run_check(name, command)]
    if failed:
        sys.exit(f"{len(failed)} of {len(commands())} checks failed: {', '.join(failed)}")
    print("All checks passed.")


if __name__ == "__main__":
    main()

"""Runs the import-linter contracts of pyproject.toml: who may import whom."""

from __future__ import annotations

import sys

from importlinter.cli import lint_imports_command

if __name__ == "__main__":
    sys.exit(lint_imports_command())

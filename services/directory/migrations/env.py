"""Runs the directory's migrations."""

from __future__ import annotations

from chassis.migrations import run_environment
from services.directory.adapters.tables import metadata

run_environment(metadata)

"""Runs identity's migrations."""

from __future__ import annotations

from chassis.migrations import run_environment
from services.identity.adapters.tables import metadata

run_environment(metadata)

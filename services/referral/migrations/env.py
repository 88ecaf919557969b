"""Runs the migrations of the referral service."""

from chassis.migrations import run_environment
from services.referral.adapters.tables import metadata

run_environment(metadata)

"""The table that keeps an agency from being reminded twice on one day."""

from __future__ import annotations

from sqlalchemy import Column, Date, Table, Text

from services.directory.adapters.tables import metadata

confirmation_reminder = Table(
    "confirmation_reminder",
    metadata,
    Column("agency_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
)

"""The table of confidential locations; only the repository of listings may import it, a test sees to that."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.directory.adapters.tables import metadata

confidential_location = Table(
    "confidential_location",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id"), primary_key=True),
    Column("municipality_code", Text, ForeignKey("municipality.code")),
    Column("address_1", Text),
    Column("postal_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
)

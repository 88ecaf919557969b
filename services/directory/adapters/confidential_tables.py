"""The tables of confidential locations, now and in older versions; only the stores named in a test may import them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, ForeignKeyConstraint, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.directory.adapters.review_tables import listing_version
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

confidential_version = Table(
    "confidential_version",
    metadata,
    Column("listing_id", UUID(as_uuid=False), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("municipality_code", Text),
    Column("address_1", Text),
    Column("postal_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    ForeignKeyConstraint(["listing_id", "number"], [listing_version.c.listing_id, listing_version.c.number]),
)

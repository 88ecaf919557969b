"""The tables of capacity enquiries: codes, agencies and services, and nobody's child."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.directory.adapters.tables import metadata

capacity_enquiry = Table(
    "capacity_enquiry",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("reference", Text, nullable=False),
    Column("asking_agency_id", Text, nullable=False),
    Column("needs", ARRAY(Text), nullable=False),
    Column("urgency", Text, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("sex", Text),
    Column("languages", ARRAY(Text), nullable=False),
    Column("accessibility", ARRAY(Text), nullable=False),
    Column("municipality", Text),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("closed_by", Text),
    Column("version", Integer, nullable=False),
    UniqueConstraint("reference"),
    Index("ix_capacity_enquiry_asking_agency_id", "asking_agency_id", "created_at", "id"),
    Index("ix_capacity_enquiry_until", "until", postgresql_where=text("closed_at IS NULL")),
)

# One row per service asked; without an answer until there is one.
capacity_answer = Table(
    "capacity_answer",
    metadata,
    Column("enquiry_id", UUID(as_uuid=False), ForeignKey("capacity_enquiry.id"), primary_key=True),
    Column("service_id", UUID(as_uuid=False), primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("answer", Text),
    Column("available", Integer),
    Column("answered_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Index("ix_capacity_answer_agency_id", "agency_id", "enquiry_id"),
)

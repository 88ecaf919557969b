"""The tables of versions, reviews, claims and delegations; of a confidential place none of them holds anything."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.directory.adapters.tables import metadata

# One row for every change of what a listing says or of its status; ``number`` is the listing's version at that change.
# A count of places is neither, so that numbers have gaps.
listing_version = Table(
    "listing_version",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),
    Column("status", Text, nullable=False),
    # Whether the content was proposed while another one stood in the directory.
    Column("is_proposal", Boolean, nullable=False),
    # Whether everybody could read this content: the only rows that public reads may use.
    Column("is_public", Boolean, nullable=False),
    # The columns of ``listing`` that hold content, and under ``place`` a public address.
    Column("content", JSONB, nullable=False),
    # Null where the system itself acted. The account is for the keepers of the listing alone.
    Column("account_id", Text),
    Column("agency_id", Text),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("note", Text),
    # The import that said it; null where a person or a system of the agency wrote it.
    Column("import_id", Text),
)

# What an organization said of itself before a change and after it, numbered from 1.
organization_version = Table(
    "organization_version",
    metadata,
    Column("organization_id", UUID(as_uuid=False), ForeignKey("organization.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),
    # Whether everybody could read it: the only rows that public reads may use.
    Column("is_public", Boolean, nullable=False),
    Column("said", JSONB, nullable=False),
    # Null where nobody knows any more. The account is for the keepers alone.
    Column("account_id", Text),
    Column("agency_id", Text),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("import_id", Text),
    # Whether it was proposed while something else stood in the directory.
    Column("is_proposal", Boolean, nullable=False, server_default=text("false")),
    Column("reason", Text),
    Column("note", Text),
)


def _steps() -> list[Column[Any]]:
    """Return who wrote and who submitted what waits, when, and for what it was sent back."""
    return [
        Column("edited_by", Text),
        Column("submitted_by", Text),
        Column("submitted_at", DateTime(timezone=True)),
        Column("rejected_for", Text),
        Column("note", Text),
    ]


# Who wrote and who submitted the texts that wait beside an organization, and the version that holds them.
organization_review = Table(
    "organization_review",
    metadata,
    Column("organization_id", UUID(as_uuid=False), ForeignKey("organization.id"), primary_key=True),
    Column("proposal", Integer, nullable=False),
    *_steps(),
    Index("ix_organization_review_submitted_at", "submitted_at", postgresql_where=text("submitted_at IS NOT NULL")),
)

# Who asked that nobody need look any more, until a second person agrees; no rule is the automatic one.
organization_waiver = Table(
    "organization_waiver",
    metadata,
    Column("organization_id", UUID(as_uuid=False), ForeignKey("organization.id"), primary_key=True),
    Column("rule", Text),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column(
        "expires_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("CURRENT_TIMESTAMP + interval '30 days'"),
    ),
)

# Who wrote and who submitted what waits for review; for a published listing, the version that is to replace it.
listing_review = Table(
    "listing_review",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id"), primary_key=True),
    Column("proposal", Integer),
    *_steps(),
    Index("ix_listing_review_submitted_at", "submitted_at", postgresql_where=text("submitted_at IS NOT NULL")),
)

organization_claim = Table(
    "organization_claim",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("organization_id", UUID(as_uuid=False), ForeignKey("organization.id"), nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("account_id", Text),
    Column("evidence", Text, nullable=False),
    Column("evidence_url", Text),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by_agency_id", Text),
    Column("decided_by_account_id", Text),
    Column("reason", Text),
    Column("note", Text),
    Index(
        "uq_organization_claim_pending", "organization_id", "agency_id", unique=True,
        postgresql_where=text("status = 'pending'"),
    ),
    Index(
        "uq_organization_claim_approved", "organization_id", unique=True, postgresql_where=text("status = 'approved'")
    ),
    Index("ix_organization_claim_agency_id", "agency_id"),
)  # fmt: skip

# The agencies of the network, as far as identity has told of them.
agency = Table("agency", metadata, Column("agency_id", Text, primary_key=True))

delegation = Table(
    "delegation",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("from_agency_id", Text, nullable=False),
    Column("to_agency_id", Text, nullable=False),
    # Empty: everybody in that agency who may keep listings.
    Column("account_ids", ARRAY(Text), nullable=False),
    Column("municipality_codes", ARRAY(Text), nullable=False),
    Column("organization_ids", ARRAY(UUID(as_uuid=False)), nullable=False),
    # Agencies that have ended it for the organizations that are their own.
    Column("ended_for", ARRAY(Text), nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_delegation_from_agency_id", "from_agency_id"),
    Index("ix_delegation_to_agency_id", "to_agency_id"),
)

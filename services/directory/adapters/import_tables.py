"""The tables of imports: what was asked for, the file in pieces, and what became of each row."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.directory.adapters.tables import metadata

import_job = Table(
    "import_job",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("is_trial", Boolean, nullable=False),
    Column("publish", Boolean, nullable=False),
    Column("skip_duplicates", Boolean, nullable=False),
    Column("organization_id", UUID(as_uuid=False)),
    Column("country", Text),
    Column("size", BigInteger, nullable=False),
    # As whoever sent it calls it; forgotten with its report.
    Column("file_name", Text),
    Column("state", Text, nullable=False),
    # Rows that are through; moved on in the transaction that writes them.
    Column("position", Integer, nullable=False),
    Column("counts", JSONB, nullable=False),
    # How much of the file is read, since when its records are, and what it calls its columns, by their keys.
    Column("bytes_read", BigInteger),
    Column("read_since", DateTime(timezone=True)),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    # How often it was begun since the last batch was written.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("fault", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_import_job_agency_id", "agency_id", "created_at"),
    Index("ix_import_job_waiting", "created_at", postgresql_where=text("state IN ('waiting', 'running')")),
)

import_piece = Table(
    "import_piece",
    metadata,
    Column("import_id", UUID(as_uuid=False), ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

import_row = Table(
    "import_row",
    metadata,
    Column("import_id", UUID(as_uuid=False), ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    # Where it stands in the file.
    Column("place", Text, nullable=False),
    Column("record_id", Text),
    Column("name", Text),
    Column("outcome", Text, nullable=False),
    Column("faults", JSONB, nullable=False),
    # Which terms it names: those known here by their codes, the others as it calls them.
    Column("terms", JSONB, nullable=False, server_default=text("'{}'")),
    Column("duplicates", JSONB, nullable=False),
)

# What a file of an agency said of a record the last time: by column or property a word that only tells it from others.
last_word = Table(
    "last_word",
    metadata,
    Column("record_id", UUID(as_uuid=False), primary_key=True),
    Column("agency_id", Text, primary_key=True),
    # ``row``, ``service`` or ``organization``.
    Column("kind", Text, primary_key=True),
    Column("words", JSONB, nullable=False),
)

# Rows of a package that belong to nothing here, such as a taxonomy that no service uses: kept as they came.
kept_object = Table(
    "kept_object",
    metadata,
    Column("agency_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    # What it is called, as search compares it.
    Column("spellings", Text, nullable=False, server_default=text("''")),
    Index("ix_kept_object_id", "kind", "id", "kept_at"),
    # What lies below a term, and in a taxonomy.
    Index(
        "ix_kept_object_parent",
        text("lower(document ->> 'parent_id')"),
        postgresql_where=text("kind = 'taxonomy_term'"),
    ),
    Index(
        "ix_kept_object_taxonomy",
        text("lower(coalesce(document ->> 'taxonomy_id', (document -> 'taxonomy_detail') ->> 'id'))"),
        postgresql_where=text("kind = 'taxonomy_term'"),
    ),
)

"""The tables of needs that no service met: counts without anybody behind them."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text

from services.directory.adapters.tables import metadata

unmet_need = Table(
    "unmet_need",
    metadata,
    # The first day of the month.
    Column("month", Date, primary_key=True),
    Column("municipality_code", Text, primary_key=True),
    Column("term", Text, primary_key=True),
    Column("age_band", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

# Which needs were counted within the hour, as digests; older rows are forgotten.
unmet_need_heard = Table(
    "unmet_need_heard",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("heard_at", DateTime(timezone=True), nullable=False),
    Index("ix_unmet_need_heard_heard_at", "heard_at"),
)

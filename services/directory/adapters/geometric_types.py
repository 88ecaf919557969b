"""PostgreSQL's own types for places, as columns of tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy.types import UserDefinedType


class Point(UserDefinedType[Any]):
    """PostgreSQL's own ``point``; written with the SQL function of that name, never read back."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the type's name in SQL."""
        return "POINT"


class Box(UserDefinedType[Any]):
    """PostgreSQL's own ``box``; written with the SQL function of that name, never read back."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the type's name in SQL."""
        return "BOX"

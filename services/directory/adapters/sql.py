"""Puts statements together from pieces of SQL, each with the values that it names.

What is asked all the time is text from the start: to build such a statement from objects takes longer than to answer
it. A piece names columns with their table, and values as ``%(name)s``; nothing that a person typed becomes text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, TextClause, text


@dataclass(frozen=True)
class Sql:
    """A piece of SQL and its values by name."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def clause(self) -> TextClause:
        """Return the piece for a statement that is built from objects."""
        named = self.text
        for name in self.values:
            # In brackets, for a colon may follow.
            named = named.replace(f"%({name})s", f"(:{name})")
        return text(named.replace("%%", "%")).bindparams(**self.values)


TRUE, FALSE = Sql("true"), Sql("false")


def sql(text_: str, /, **values: Any) -> Sql:
    """Return a piece with the values that it names."""
    return Sql(text_, values)


def joined(separator: str, pieces: Iterable[Sql]) -> Sql:
    """Return all pieces in one; raises ValueError where two of them give one name different values."""
    parts = list(pieces)
    return Sql(separator.join(part.text for part in parts), values_of(parts))


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Return the condition that all hold; true where there are none."""
    return joined(" AND ", conditions) if (conditions := list(conditions)) else TRUE


def any_of(conditions: Iterable[Sql]) -> Sql:
    """Return the condition that one of them holds; false where there are none."""
    parts = list(conditions)
    if not parts:
        return FALSE
    either = joined(" OR ", parts)
    return Sql(f"({either.text})", either.values)


def values_of(pieces: Iterable[Sql]) -> dict[str, Any]:
    """Return the values of all pieces by name."""
    values: dict[str, Any] = {}
    for piece in pieces:
        for name, value in piece.values.items():
            if values.setdefault(name, value) != value:
                raise ValueError(f"{name} stands for two values in one statement")
    return values


def execute(connection: Connection, statement: Sql) -> Any:
    """Ask the database; what is asked again and again it prepares by itself."""
    return connection.exec_driver_sql(statement.text, dict(statement.values))

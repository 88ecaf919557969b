"""Says which codes of places and of kinds of help there are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from services.directory.adapters.tables import municipality, taxonomy_term


class SqlReferenceData:
    """The codes in the reference tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unknown_municipalities(self, codes: Iterable[str]) -> list[str]:
        """Return those of the codes that name neither a place nor a country that has places."""
        wanted = set(codes)
        known = set(self._connection.scalars(select(municipality.c.code).where(municipality.c.code.in_(wanted))))
        countries = {code for code in wanted - known if len(code) == 2}
        if countries:
            known |= set(
                self._connection.scalars(select(municipality.c.country).where(municipality.c.country.in_(countries)))
            )
        return sorted(wanted - known)

    def unknown_terms(self, codes: Iterable[str]) -> list[str]:
        """Return those of the codes that name no term."""
        wanted = set(codes)
        return sorted(
            wanted - set(self._connection.scalars(select(taxonomy_term.c.code).where(taxonomy_term.c.code.in_(wanted))))
        )

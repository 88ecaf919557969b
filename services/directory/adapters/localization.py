"""Turns public documents into a reader's language: what listings say, the names of terms and of places.

It works on documents that are made already, so that who asks for no language, or needs none, is served them as they
are. What it changes it says: ``translated`` names each field with its language and who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from services.directory.adapters.rows import translation_of_row
from services.directory.adapters.tables import listing, municipality, taxonomy_term
from services.directory.domain.closing import ACTIVE
from services.directory.domain.translation import FIELDS, Origin, Shown, Translation, best, by_language, chain, joined

_Json = dict[str, Any]
_PLACE = "municipality"


@dataclass(frozen=True)
class _Source:
    """In which language a listing is written, and its translations."""

    language: str | None
    translations: Sequence[Translation]
    alert: str | None
    notice: str | None
    notice_translations: Mapping[str, str]

    def texts(self, name: str, shown: str | None) -> Mapping[str, Shown]:
        """Return a field's texts by language; ``shown`` is what the document says."""
        if name == "alert" and shown is not None:
            return joined([part for part in (self._notice(), self._alert()) if part is not None])
        return by_language(self.translations, name, source=shown, source_language=self.language)

    def _alert(self) -> Mapping[str, Shown] | None:
        if not self.alert:
            return None
        return by_language(self.translations, "alert", source=self.alert, source_language=self.language)

    def _notice(self) -> Mapping[str, Shown] | None:
        if not self.notice:
            return None
        translated = {
            language: Shown(text, language, Origin.HUMAN) for language, text in self.notice_translations.items()
        }
        return translated | ({self.language: Shown(self.notice, self.language, None)} if self.language else {})


class Reader:
    """Somebody who reads these languages, the best first. ``used`` collects the languages that were given."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.used: dict[str, None] = {}
        self._steps = chain(languages)

    def read(self, connection: Connection, texts: Sequence[str]) -> list[str]:
        """Return documents that are ready, as JSON, in the reader's language."""
        documents = [orjson.loads(text) for text in texts]
        self.localize(connection, documents)
        return [orjson.dumps(document).decode() for document in documents]

    def localize(self, connection: Connection, documents: Sequence[_Json]) -> None:
        """Put services, and organizations and places that hold some, into the reader's language, in place."""
        services = [service for document in documents for service in _services(document)]
        sources = _sources(connection, [service["id"] for service in services])
        for service in services:
            if service["id"] in sources:
                self._texts(service, sources[service["id"]])
        self._names(connection, [part for document in documents for part in _parts(document)])

    def _names(self, connection: Connection, parts: Sequence[_Json]) -> None:
        terms = _names(connection, taxonomy_term, {part["code"] for part in parts if "taxonomy_id" in part})
        codes = {code for part in parts if (code := _place_code(part))}
        places = _names(connection, municipality, codes)
        for part in parts:
            if "taxonomy_id" in part:
                self.name_term(part, terms.get(part["code"], {}))
            elif code := _place_code(part):
                self.name_place(part, places.get(code, {}))

    def name_term(self, term: _Json, names: Mapping[str, str]) -> None:
        """Name one term; its description stays in the language that it is written in."""
        shown = self._best(names)
        if shown is not None:
            term["name"], term["language"] = shown.text, shown.language

    def name_place(self, place: _Json, names: Mapping[str, str]) -> None:
        """Name one place, and the town in its address where that is the same."""
        shown, before = self._best(names), place.get("name")
        if shown is None:
            return
        place["name"] = shown.text
        for address in place.get("addresses", ()):
            if address.get("city") == before:
                address["city"] = shown.text

    def _best(self, names: Mapping[str, str]) -> Shown | None:
        texts = {language: Shown(name, language, None) for language, name in names.items()}
        return best(texts, self._steps)

    def _texts(self, service: _Json, source: _Source) -> None:
        translated: dict[str, _Json] = {}
        for name in FIELDS:
            shown = best(source.texts(name, service.get(name)), self._steps)
            if shown is None or shown.origin is None:
                self._use(source.language if name in service else None)
                continue
            service[name] = shown.text
            translated[name] = {"language": shown.language, "origin": shown.origin.value}
            if shown.is_outdated:
                translated[name]["outdated"] = True
            self._use(shown.language)
        if translated:
            service["translated"] = translated

    def _use(self, language: str | None) -> None:
        if language is not None:
            self.used.setdefault(language)


def _sources(connection: Connection, listing_ids: Sequence[str]) -> dict[str, _Source]:
    said = (listing.c.source_language, listing.c.translations, listing.c.alert)
    closing = (listing.c.service_status, listing.c.closing_notice, listing.c.closing_notice_translations)
    rows = connection.execute(select(listing.c.id, *said, *closing).where(listing.c.id.in_(listing_ids)))
    return {
        row.id: _Source(
            language=row.source_language,
            translations=[translation_of_row(entry) for entry in row.translations],
            alert=row.alert,
            notice=row.closing_notice if row.service_status != ACTIVE else None,
            notice_translations=row.closing_notice_translations,
        )
        for row in rows
    }


def _names(connection: Connection, table: Any, codes: Iterable[str]) -> dict[str, Mapping[str, str]]:
    wanted = set(codes)
    if not wanted:
        return {}
    rows = connection.execute(select(table.c.code, table.c.names).where(table.c.code.in_(wanted)))
    return {row.code: row.names for row in rows}


def _services(document: _Json) -> Iterator[_Json]:
    """Yield what may be a service: the document itself, and those that an organization or a place holds."""
    nested = document.get("service")
    candidates = [document, *document.get("services", ()), *([nested] if nested else ())]
    yield from (candidate for candidate in candidates if "id" in candidate)


def _parts(document: Any) -> Iterator[_Json]:
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from _parts(value)
    elif isinstance(document, list):
        for value in document:
            yield from _parts(value)


def _place_code(part: _Json) -> str | None:
    """Return the code of the municipality that a part of a document names, a location or a service area."""
    if part.get("extent_type") == _PLACE:
        return part.get("extent")
    return part.get("external_identifier") if part.get("external_identifier_type") == _PLACE else None

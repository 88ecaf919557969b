"""Turns public documents into a reader's language: what services and organizations say, names of terms and places.

It works on documents that are made already, so that who asks for no language, or needs none, is served them as they
are. What it changes it says: ``translated`` names each field with its language and who wrote it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import Connection, select

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.hsds_shapes import LANGUAGE_OF_NAMES
from services.directory.adapters.rows import translation_of_row
from services.directory.adapters.tables import listing, municipality, organization, taxonomy_term
from services.directory.adapters.wording import names_of_country, notes_for, wording_for
from services.directory.domain.closing import ACTIVE
from services.directory.domain.organization import TEXTS
from services.directory.domain.translation import FIELDS, Origin, Shown, Translation, best, by_language, chain, joined

_Json = dict[str, Any]
_PLACE = "municipality"
# Where streets that are written in Cyrillic letters are written in those of Serbian.
_WITH_SERBIAN_STREETS = frozenset(("BA", "ME", "RS", "XK"))


@dataclass(frozen=True)
class _Source:
    """In which language a listing or an organization is written, and its translations."""

    language: str | None
    translations: Sequence[Translation]
    alert: str | None = None
    notice: str | None = None
    notice_translations: Mapping[str, str] = field(default_factory=dict)

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
        self._notes, self._language_of_notes = notes_for(languages), wording_for(languages).language

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
                self._texts(service, sources[service["id"]], FIELDS)
        self._organizations(connection, services)
        self._names(connection, [part for document in documents for part in _parts(document)])

    def _organizations(self, connection: Connection, parts: Sequence[_Json]) -> None:
        """Put into the language what organizations say, and what they are called where a service says no more."""
        owners = [owner for part in parts for owner in _owners(part)]
        naming = [part for part in parts if "organization_name" in part]
        ids = {owner["id"] for owner in owners} | {service["organization_id"] for service in naming}
        sources = _sources_of_organizations(connection, ids)
        for owner in owners:
            if owner["id"] in sources:
                official_name = owner["name"]
                self._texts(owner, sources[owner["id"]], TEXTS)
                if owner["name"] != official_name:
                    owner["official_name"] = official_name
        for service in naming:
            shown = self._shown(sources.get(service["organization_id"]), "name", service["organization_name"])
            if shown is not None:
                service["organization_name"] = shown.text
                service.setdefault("translated", {})["organization_name"] = _mark(shown)

    def _names(self, connection: Connection, parts: Sequence[_Json]) -> None:
        terms = _terms(connection, {part["code"] for part in parts if "taxonomy_id" in part})
        codes = {code for part in parts if (code := _place_code(part))}
        places = _names_of_places(connection, codes)
        for part in parts:
            if "taxonomy_id" in part:
                self.name_term(part, *terms.get(part["code"], ({}, {})))
            elif part.get("notes") in self._notes:
                self._note(part)
            elif code := _place_code(part):
                self.name_place(part, places.get(code, {}))
            elif "address_1" in part and part.get("country") in _WITH_SERBIAN_STREETS:
                # Turned like a text in Serbian Cyrillic, into which Latin letters are not: they may be numerals.
                shown = self._best({"sr-Cyrl": part["address_1"]})
                part["address_1"] = shown.text if shown else part["address_1"]

    def name_term(self, term: _Json, names: Mapping[str, str], descriptions: Mapping[str, str]) -> None:
        """Put one term into the language. Its ``language`` is that of its name; ``translated`` tells of each field."""
        shown = self._reference(term, {"name": names, "description": descriptions})
        if "name" in shown:
            term["language"] = shown["name"].language

    def name_taxonomy(self, taxonomy: _Json, names: Mapping[str, str], descriptions: Mapping[str, str]) -> None:
        """Put one of our own taxonomies into the language; HSDS has no word for which one that is."""
        self._reference(taxonomy, {"name": names, "description": descriptions})

    def _reference(self, document: _Json, said: Mapping[str, Mapping[str, str]]) -> dict[str, Shown]:
        """Put texts of the reference data into the language, and return those for which there is one to read."""
        found = {name: one for name, texts in said.items() if name in document and (one := self._best(texts))}
        for name, shown in found.items():
            document[name] = shown.text
        for name in said:
            self._use(found[name].language if name in found else LANGUAGE_OF_NAMES)
        translated = {
            name: _mark(replace(shown, origin=shown.origin or Origin.HUMAN))
            for name, shown in found.items()
            if shown.language != LANGUAGE_OF_NAMES
        }
        if translated:
            document["translated"] = translated
        return found

    def _note(self, schedule: _Json) -> None:
        """Put what we say ourselves on opening hours into the language."""
        for name in ("notes", "description"):
            if schedule.get(name) in self._notes:
                schedule[name] = self._notes[schedule[name]]
                self._use(self._language_of_notes)

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

    def _texts(self, document: _Json, source: _Source, fields: Sequence[str]) -> None:
        """Put the texts of one document into the language, and say of each that is not the original who wrote it."""
        translated: dict[str, _Json] = {}
        for name in fields:
            shown = self._shown(source, name, document.get(name))
            if shown is not None:
                document[name] = shown.text
                translated[name] = _mark(shown)
        if translated:
            document["translated"] = translated

    def _shown(self, source: _Source | None, name: str, text: str | None) -> Shown | None:
        """Return a text as it is to be read; None where the original is."""
        shown = best(source.texts(name, text), self._steps) if source else None
        if shown is not None and shown.origin is not None:
            self._use(shown.language)
            return shown
        self._use(source.language if source and text is not None else None)
        return None

    def _use(self, language: str | None) -> None:
        if language is not None:
            self.used.setdefault(language)


def _mark(shown: Shown) -> _Json:
    mark = {"language": shown.language, "origin": shown.origin.value if shown.origin else None}
    return {**mark, "outdated": True} if shown.is_outdated else mark


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


def _sources_of_organizations(connection: Connection, ids: Collection[str]) -> dict[str, _Source]:
    if not ids:
        return {}
    columns = (organization.c.id, organization.c.source_language, organization.c.translations)
    rows = connection.execute(select(*columns).where(is_among(organization.c.id, ids)))
    return {
        row.id: _Source(row.source_language, [translation_of_row(each) for each in row.translations]) for row in rows
    }


def _names_of_places(connection: Connection, codes: Collection[str]) -> dict[str, Mapping[str, str]]:
    if not codes:
        return {}
    place = municipality.c
    rows = connection.execute(select(place.code, place.names).where(place.code.in_(codes)))
    return {code: names for code in codes if (names := names_of_country(code))} | {row.code: row.names for row in rows}


def _terms(connection: Connection, codes: Collection[str]) -> dict[str, tuple[Mapping[str, str], Mapping[str, str]]]:
    if not codes:
        return {}
    term = taxonomy_term.c
    rows = connection.execute(select(term.code, term.names, term.descriptions).where(term.code.in_(codes)))
    return {row.code: (row.names, row.descriptions) for row in rows}


def _services(document: _Json) -> Iterator[_Json]:
    """Yield what may be a service: the document itself, and those that an organization or a place holds."""
    nested = document.get("service")
    candidates = [document, *document.get("services", ()), *([nested] if nested else ())]
    yield from (candidate for candidate in candidates if "id" in candidate)


def _owners(document: _Json) -> Iterator[_Json]:
    """Yield the document where it may be an organization, which belongs to nothing; else the one that it holds."""
    if "organization_id" not in document and "service_id" not in document:
        yield document
    owner = document.get("organization")
    if owner:
        yield owner


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

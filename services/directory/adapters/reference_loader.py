"""Brings municipalities and taxonomy from the reference files into the database; loading twice changes nothing."""

from __future__ import annotations

import csv
import dataclasses
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Select, Table, Text, all_, column, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from services.directory.adapters.reference_cache import note_new_reference
from services.directory.adapters.search_words import keep_words
from services.directory.adapters.tables import municipality, taxonomy, taxonomy_term
from services.directory.adapters.word_tables import municipality_word
from services.directory.domain.place_levels import rank_of
from services.directory.domain.reference_check import Published, Unit
from services.directory.domain.spelling import plain_words

FOLDER = Path(__file__).resolve().parents[1] / "reference_data"
_PLACE_COLUMNS = tuple(each.name for each in municipality.columns)
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/reference")


def load_reference(connection: Connection, folder: Path = FOLDER) -> tuple[int, int]:
    """Insert or update every municipality and term; return how many there are of each.

    Nothing is removed: a place that the file no longer holds is retired, because listings may name it.
    """
    places = list(_municipalities(folder))
    _load_places(connection, places)
    keep_words(connection, (word for place in places for word in place["spellings"]))
    described = _yaml(folder / "taxonomy.yaml")
    header = described["taxonomy"]
    taxonomy_id = reference_id(f"taxonomy:{header['code']}")
    names, descriptions = header["names"], header["description"]
    texts = {"names": names, "descriptions": descriptions}
    row = {"id": taxonomy_id, "name": names["en"], "description": descriptions["en"], **texts}
    _upsert(connection, taxonomy, [row], key="id")
    terms = list(_terms(described["terms"], taxonomy_id))
    _upsert(connection, taxonomy_term, terms, key="id")
    note_new_reference(connection)
    return len(places), len(terms)


def reference_id(name: str) -> str:
    """Return the id of a piece of reference data, the same in every installation."""
    return str(uuid.uuid5(NAMESPACE, name))


def _upsert(connection: Connection, table: Any, rows: list[dict[str, Any]], *, key: str) -> None:
    statement = insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed), rows)


def _load_places(connection: Connection, places: list[dict[str, Any]]) -> None:
    """Write all places in two statements, and only those that changed: the first start waits for this."""
    statement = insert(municipality).from_select(_PLACE_COLUMNS, _as_table(places, _PLACE_COLUMNS))
    kept, new = (tuple_(*(side[name] for name in _PLACE_COLUMNS)) for side in (municipality.c, statement.excluded))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["code"],
            set_={name: statement.excluded[name] for name in _PLACE_COLUMNS},
            where=kept.is_distinct_from(new),
        )
    )
    codes = literal([place["code"] for place in places], ARRAY(Text))
    connection.execute(update(municipality).where(municipality.c.code != all_(codes)).values(is_retired=True))
    words = [word for place in places for word in _words(place)]
    names = ("word", "code", "is_foreign")
    kept_words = insert(municipality_word).from_select(names, _as_table(words, names, types=municipality_word))
    is_foreign = kept_words.excluded.is_foreign
    connection.execute(
        kept_words.on_conflict_do_update(
            index_elements=["word", "code"],
            set_={"is_foreign": is_foreign},
            where=municipality_word.c.is_foreign != is_foreign,
        )
    )
    stale = municipality_word.c.word != all_(municipality.c.spellings)
    at_all = municipality_word.c.code == municipality.c.code
    connection.execute(delete(municipality_word).where(at_all, stale))


def _words(place: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = set(plain_words(" ".join([place["name"], *place["names"].values()])))
    return [{"word": word, "code": place["code"], "is_foreign": word not in own} for word in place["spellings"]]


def _as_table(rows: list[dict[str, Any]], names: Sequence[str], *, types: Table = municipality) -> Select[Any]:
    columns = [column(name, types.c[name].type) for name in names]
    described = func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(*columns, name="given")
    return select(described.render_derived(with_types=True))


def units_in_database(connection: Connection) -> list[Unit]:
    """Return the places as they are kept, without those that are retired."""
    statement = select(municipality).where(~municipality.c.is_retired).order_by(municipality.c.code)
    return [_unit(dict(row)) for row in connection.execute(statement).mappings()]


def units_in_file(folder: Path = FOLDER) -> list[Unit]:
    """Return the places as the reference file has them."""
    return [_unit(row) for row in _municipalities(folder)]


def published_units(folder: Path = FOLDER) -> dict[str, Published]:
    """Return what each country publishes of its own division."""
    told = _yaml(folder / "published_units.yaml")
    fields = ("source", "box", "languages", "levels", "registers")
    return {country: Published(**{name: of[name] for name in fields}) for country, of in told.items()}


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(**{each.name: row[each.name] for each in dataclasses.fields(Unit)})


def foreign_names(folder: Path = FOLDER) -> dict[str, dict[str, list[str]]]:
    """Return what places are called abroad, by their codes and by language."""
    return {
        code: {
            language: [name for languages, names in told.items() if language in languages.split() for name in names]
            for language in " ".join(told).split()
        }
        for code, told in _yaml(folder / "foreign_names.yaml").items()
    }


def _yaml(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def _municipalities(folder: Path) -> Iterator[dict[str, Any]]:
    called_abroad = foreign_names(folder)
    with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names, abroad = json.loads(row["names_json"]), called_abroad.get(row["code"], {})
            spelled = plain_words(" ".join([row["name_official"], *names.values(), *chain(*abroad.values())]))
            yield {
                "code": row["code"],
                "country": row["country"],
                "level": row["level"],
                "parent_code": row["parent_code"] or None,
                "name": row["name_official"],
                "names": names,
                "foreign_names": abroad,
                "latitude": float(row["latitude"]),
                "longitude": float(row["longitude"]),
                "population": int(row.get("population") or 0),
                "spellings": list(dict.fromkeys(spelled)),
                "rank": rank_of(row["level"], row["country"]),
                "official_codes": json.loads(row["official_codes_json"]),
                "is_retired": False,
            }


def _terms(described: list[dict[str, Any]], taxonomy_id: str) -> Iterator[dict[str, Any]]:
    parents = {term["code"]: term.get("parent") for term in described}
    for position, term in enumerate(described):
        parent, synonyms = term.get("parent"), term.get("synonyms") or {}
        words = [*term["names"].values(), *(word for listed in synonyms.values() for word in listed)]
        yield {
            "id": reference_id(f"taxonomy_term:{term['code']}"),
            "taxonomy_id": taxonomy_id,
            "code": term["code"],
            "parent_id": reference_id(f"taxonomy_term:{parent}") if parent else None,
            "position": position,
            "names": term["names"],
            "descriptions": term["description"],
            "spellings": " ".join(dict.fromkeys(plain_words(" ".join(words)))),
            "phrases": list(dict.fromkeys(words)),
            "path": _path(term["code"], parents),
        }


def _path(code: str | None, parents: dict[str, str | None]) -> list[str]:
    path: list[str] = []
    while code is not None:
        path.append(code)
        code = parents[code]
    return path

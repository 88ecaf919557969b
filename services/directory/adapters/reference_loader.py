"""Brings municipalities and taxonomy from the reference files into the database; loading twice changes nothing."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters.search_index import keep_words
from services.directory.adapters.tables import municipality, taxonomy, taxonomy_term
from services.directory.domain.spelling import plain_words

FOLDER = Path(__file__).resolve().parents[1] / "reference_data"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/reference")


def load_reference(connection: Connection, folder: Path = FOLDER) -> tuple[int, int]:
    """Insert or update every municipality and term; return how many there are of each. Nothing is removed."""
    places = list(_municipalities(folder / "municipalities.csv"))
    _upsert(connection, municipality, places, key="code")
    keep_words(connection, (word for place in places for word in place["spellings"]))
    text = (folder / "taxonomy.yaml").read_text(encoding="utf-8")
    described = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    header = described["taxonomy"]
    taxonomy_id = reference_id(f"taxonomy:{header['code']}")
    row = {"id": taxonomy_id, "name": header["name"], "description": header["description"]}
    _upsert(connection, taxonomy, [row], key="id")
    terms = list(_terms(described["terms"], taxonomy_id))
    _upsert(connection, taxonomy_term, terms, key="id")
    return len(places), len(terms)


def reference_id(name: str) -> str:
    """Return the id of a piece of reference data, the same in every installation."""
    return str(uuid.uuid5(NAMESPACE, name))


def _upsert(connection: Connection, table: Any, rows: list[dict[str, Any]], *, key: str) -> None:
    statement = insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed), rows)


def _municipalities(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names = json.loads(row["names_json"])
            spelled = plain_words(" ".join([row["name_official"], *names.values()]))
            yield {
                "code": row["code"],
                "country": row["country"],
                "level": row["level"],
                "parent_code": row["parent_code"] or None,
                "name": row["name_official"],
                "names": names,
                "latitude": float(row["latitude"]),
                "longitude": float(row["longitude"]),
                "population": int(row.get("population") or 0),
                "spellings": list(dict.fromkeys(spelled)),
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
            "path": _path(term["code"], parents),
        }


def _path(code: str | None, parents: dict[str, str | None]) -> list[str]:
    path: list[str] = []
    while code is not None:
        path.append(code)
        code = parents[code]
    return path

"""Writes exports as files of the kinds that imports read."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

import orjson

from services.directory.adapters.export_records import Exported
from services.directory.adapters.own_shapes import values_in
from services.directory.domain.hsds_model import OBJECTS, OWN_TABLE, columns_in
from services.directory.domain.imports import Format
from services.directory.domain.listing import Tier
from services.directory.domain.own_words import OWN
from services.directory.domain.service_columns import COLUMNS, STATUS

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLACE = {"physical": "address", "virtual": "everywhere", "confidential": "confidential"}
_READ_BYTES = 64 * 1024
_SAME_NAME = (
    "id", "name", "alternate_name", "description", "phone", "email", "url", "application_process", "fees_description",
    "wait_time", "alert", "sex",
)  # fmt: skip
_AGES = ("minimum_age", "maximum_age")


def pieces_of(exported: Exported, wanted: Format, version: str) -> Iterator[bytes]:
    """Yield the file piece by piece."""
    writers: dict[Format, Callable[[], Iterator[bytes]]] = {
        Format.CSV: lambda: _csv(exported),
        Format.LINES: lambda: _lines(exported, version),
        Format.JSON: lambda: _array(exported, version),
        Format.PACKAGE: lambda: _package(exported, version),
    }
    return writers[wanted]()


def _lines(exported: Exported, version: str) -> Iterator[bytes]:
    for _, document in exported.documents(version):
        yield orjson.dumps(document) + b"\n"


def _array(exported: Exported, version: str) -> Iterator[bytes]:
    yield b"["
    for number, (_, document) in enumerate(exported.documents(version)):
        yield (b"," if number else b"") + orjson.dumps(document)
    yield b"]"


def _csv(exported: Exported) -> Iterator[bytes]:
    # Whoever keeps a service is told apart drafts and what is published; to everybody all of it is published.
    columns = [*COLUMNS, *((STATUS,) if exported.is_whole else ())]
    yield ("\ufeff" + _csv_line([column.name_in("en") for column in columns])).encode()
    for row in exported.rows():
        cells = _cells(row)
        yield _csv_line([_defused(cells.get(column.key, "")) for column in columns]).encode()


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    cells = {name: row[name] or "" for name in _SAME_NAME}
    cells |= {name: "" if row[name] is None else str(row[name]) for name in _AGES}
    lists = {"terms": "taxonomy_terms", "languages": "languages", "serves": "serves", "accessibility": "accessibility"}
    cells |= {key: "; ".join(row[name]) for key, name in lists.items()}
    cells |= {
        "organization": row["organization_id"],
        "eligibility": row["eligibility_description"] or "",
        "place": _PLACE[row["location_kind"]],
        "schedule": "always" if row["always_open"] else ", ".join(map(_hours, row["schedule"])),
        "accepts_referrals": "yes" if row["accepts_referrals"] else "no",
        "municipality": row["municipality_code"] or "",
        "address_1": row["address_1"] or "",
        "postal_code": row["postal_code"] or "",
        # An export that has grown old must show nothing to more than may see it today.
        "status": row["status"],
        "tier": "" if row["tier"] == Tier.PUBLIC.value else row["tier"],
        "named_agencies": "; ".join(row["named_agencies"]),
    }
    if row["is_exact"]:
        cells |= {"latitude": str(row["latitude"]), "longitude": str(row["longitude"])}
    return cells


def _hours(entry: Mapping[str, Any]) -> str:
    return f"{entry['byday'].replace(',', '+')} {entry['opens_at']}-{entry['closes_at']}"


# The tabular package.


def _package(exported: Exported, version: str) -> Iterator[bytes]:
    """Put the tables together on disk, for the rows of all of them come to light together."""
    with tempfile.NamedTemporaryFile() as disk, tempfile.TemporaryFile() as packed:
        index = sqlite3.connect(disk.name)
        try:
            index.executescript(
                "CREATE TABLE entry (kind TEXT, id TEXT, text BLOB, PRIMARY KEY (kind, id));"
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            )
            for kind, document in exported.documents(version):
                _keep(index, kind, document, None)
            for kind, document in exported.loose_objects():
                _keep(index, kind, document, None)
            _write_zip(index, packed, version)
        finally:
            index.close()
        packed.seek(0)
        yield from iter(lambda: packed.read(_READ_BYTES), b"")


def _keep(index: sqlite3.Connection, kind: str, document: Mapping[str, Any], above: tuple[str, str] | None) -> None:
    """Keep an object as a row of its table, and everything within it; told twice, one adds what the other left out."""
    described = OBJECTS[kind]
    row = {name: document[name] for name in described.columns if document.get(name) is not None}
    if above is not None:
        row = {**_reference(kind, above, described.columns), **row}
    for part in described.parts:
        held = document.get(part.name)
        if isinstance(held, Mapping):
            column = "taxonomy_id" if part.name == "taxonomy_detail" else f"{part.name}_id"
            row.setdefault(column, held["id"])
            _keep(index, str(part.part), held, None)
        for child in held if isinstance(held, list) else ():
            _keep(index, str(part.part), child, (kind, document["id"]))
    row = {name: value for name, value in row.items() if name in described.columns}
    for path, value in values_in(document.get(OWN, {})):
        said = {"record_id": document["id"], "path": path, "value": value}
        index.execute(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", (OWN, f"{document['id']}:{path}", orjson.dumps(said))
        )
    told = index.execute("SELECT text FROM entry WHERE kind = ? AND id = ?", (kind, document["id"])).fetchone()
    if told is not None:
        row = {**row, **orjson.loads(told[0])}
    index.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", (kind, document["id"], orjson.dumps(row)))


def _reference(kind: str, above: tuple[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    owner, owner_id = above
    if kind == "attribute":
        return {"link_id": owner_id, "link_entity": owner}
    if kind == "metadata":
        return {"resource_id": owner_id, "resource_type": owner}
    return {f"{owner}_id": owner_id} if f"{owner}_id" in columns else {}


def _write_zip(index: sqlite3.Connection, packed: IO[bytes], version: str) -> None:
    resources = []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for kind, described in {**OBJECTS, OWN: OWN_TABLE}.items():
            columns = columns_in(described, version)
            rows = index.execute("SELECT text FROM entry WHERE kind = ? ORDER BY rowid", (kind,))
            first = rows.fetchone()
            if not columns or first is None:
                continue
            path = f"{described.table}.csv"
            resources.append({"name": kind, "path": path, "profile": "tabular-data-resource", "format": "csv"})
            with package.open(path, "w") as table:
                table.write(_csv_line(list(columns)).encode())
                while first is not None:
                    row = orjson.loads(first[0])
                    table.write(_csv_line([_table_cell(row.get(name)) for name in columns]).encode())
                    first = rows.fetchone()
        described_package = {"name": "hsds", "profile": "tabular-data-package", "resources": resources}
        package.writestr("datapackage.json", orjson.dumps(described_package))


def _table_cell(value: Any) -> str:
    return "" if value is None else str(value)

"""Takes out of records the signs that must not be in them, so that one sign of a file does not stop all the others.

NUL no database can hold; what turns the direction of the text around it would let a name read as another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from services.directory.domain.imports import Fault, Record

# With the faults that they are. Marks that only say in which direction a text runs do not turn any.
_SIGNS = {"\0": "not_text", "\u202d": "turns_text", "\u202e": "turns_text"}
_ANY = re.compile(f"[{''.join(_SIGNS)}]")
_WRITTEN = re.compile(rb"\\u0000|\\u202[de]|\xe2\x80[\xad\xae]", re.IGNORECASE)
_MOST_FAULTS = 20


def without_unwritable(record: Record) -> Record:
    """Return the record; one that holds such a sign anywhere, in names too, loses it and is at fault for it."""
    if not _WRITTEN.search(_written(record.document)):
        return record
    found = dict(_columns_with_signs(record.document))
    faults = [Fault(column, code) for column, code in found.items()][:_MOST_FAULTS]
    plain, faults_so_far = _stripped(record.document), (*record.faults, *faults)
    return replace(record, document=plain, faults=faults_so_far, faults_within=None, parentages=None)


def _written(document: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:
        # Numbers beyond 64 bits, and halves of characters.
        return json.dumps(document).encode()


def _columns_with_signs(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        sign = _sign_in(name) or _sign_in(value)
        if sign:
            yield _stripped(name), _SIGNS[sign]


def _sign_in(value: Any) -> str | None:
    if isinstance(value, str):
        found = _ANY.search(value)
        return found[0] if found else None
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    return next(filter(None, map(_sign_in, value)), None) if isinstance(value, list) else None


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return _ANY.sub("", value)
    if isinstance(value, Mapping):
        return {_ANY.sub("", name): _stripped(part) for name, part in value.items()}
    return [_stripped(part) for part in value] if isinstance(value, list) else value

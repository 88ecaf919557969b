"""Takes out of records what no database can hold, so that one sign of a file does not stop all the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from services.directory.domain.imports import Fault, Record

_NUL = "\0"
_WRITTEN_NUL = b"\\u0000"
_MOST_FAULTS = 20


def without_nul(record: Record) -> Record:
    """Return the record; one that holds the sign NUL anywhere, in names too, loses it and is at fault for it."""
    if _WRITTEN_NUL not in _written(record.document):
        return record
    columns = dict.fromkeys(_columns_with_nul(record.document))
    faults = [Fault(column, "not_text") for column in columns][:_MOST_FAULTS]
    plain, faults_so_far = _stripped(record.document), (*record.faults, *faults)
    return replace(record, document=plain, faults=faults_so_far, faults_within=None, parentages=None)


def _written(document: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:
        # Numbers beyond 64 bits, and halves of characters.
        return json.dumps(document).encode()


def _columns_with_nul(document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        if _NUL in name or _holds_nul(value):
            yield name.replace(_NUL, "")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return _NUL in value
    if isinstance(value, Mapping):
        return any(_NUL in name or _holds_nul(part) for name, part in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_NUL, "")
    if isinstance(value, Mapping):
        return {name.replace(_NUL, ""): _stripped(part) for name, part in value.items()}
    return [_stripped(part) for part in value] if isinstance(value, list) else value

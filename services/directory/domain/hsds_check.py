"""Judges documents and table rows by the facts of HSDS: every fault with its column, none with the value."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chassis.clock import from_rfc3339
from services.directory.domain.content_limits import LONGEST_IN_FEEDS, LONGEST_NAME_IN_FEEDS, is_web_address
from services.directory.domain.hsds_model import OBJECTS, Field, HsdsObject
from services.directory.domain.imports import Fault
from services.directory.domain.impossible_facts import impossible_facts

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?\Z")
_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\Z")
_MOST_FAULTS = 20
# Addresses that readers are led to; the other ones are names.
_FOLLOWED = frozenset(("url", "website", "logo", "schedule_link"))


def is_uuid(text: str) -> bool:
    """Say whether it is an id as HSDS writes them."""
    if len(text) != 36:
        return False
    if _UUID.match(text):
        return True
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def faults_of(kind: str, document: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a document, the parts within it included; what HSDS does not know is passed over.

    A part that is required may also be named by its id, as in tables.
    """
    found: list[Fault] = []
    for fault in _faults(OBJECTS[kind], document, ""):
        found.append(fault)
        if len(found) == _MOST_FAULTS:
            break
    return found


def _faults(described: HsdsObject, document: Mapping[str, Any], path: str) -> Iterator[Fault]:
    fields = described.fields
    for field in described.required:
        if document.get(field.name) is None and not (field.part and document.get(f"{field.name}_id")):
            yield Fault(path + field.name, "missing")
    for name, value in document.items():
        found = fields.get(name)
        if found is None or value is None:
            continue
        if found.part is None:
            code = _fault_of_value(found, value)
            if code:
                yield Fault(path + name, code, _params(code, found))
        else:
            yield from _faults_of_part(found, value, path + name)
    for fault in impossible_facts(described.name, document):
        yield replace(fault, column=path + fault.column)


def _params(code: str, field: Field) -> dict[str, Any]:
    if code == "not_allowed":
        return {"allowed": list(field.allowed)}
    return {"limit": _longest(field)} if code == "too_long" else {}


def _faults_of_part(field: Field, value: Any, path: str) -> Iterator[Fault]:
    described = OBJECTS[str(field.part)]
    if not field.is_list:
        if isinstance(value, Mapping):
            yield from _faults(described, value, f"{path}.")
        else:
            yield Fault(path, "not_object")
        return
    if not isinstance(value, list):
        yield Fault(path, "not_list")
        return
    for number, entry in enumerate(value):
        if isinstance(entry, Mapping):
            yield from _faults(described, entry, f"{path}[{number}].")
        else:
            yield Fault(f"{path}[{number}]", "not_object")


def _fault_of_value(field: Field, value: Any) -> str | None:
    if field.type == "number":
        return None if isinstance(value, int | float) and not isinstance(value, bool) else "not_number"
    if not isinstance(value, str):
        return "not_text"
    return _fault_of_text(field, value)


def _longest(field: Field) -> int:
    return LONGEST_NAME_IN_FEEDS if field.name in ("name", "alternate_name") else LONGEST_IN_FEEDS


def _fault_of_text(field: Field, value: str) -> str | None:
    if "\0" in value:
        return "not_text"
    if len(value) > _longest(field):
        return "too_long"
    if field.allowed:
        return None if value in field.allowed else "not_allowed"
    match field.type:
        case "text":
            return None
        case "uri" if field.name in _FOLLOWED:
            return None if is_web_address(value) else "not_web_address"
        case "uuid":
            return None if is_uuid(value) else "not_uuid"
        case "email":
            return None if _EMAIL.match(value) else "not_email"
        case "uri":
            return None if _URI.match(value) else "not_uri"
        case _:
            return None if _MOMENT.match(value) and _is_moment(value) else "not_date_time"


def _is_moment(text: str) -> bool:
    try:
        from_rfc3339(text)
    except ValueError:
        return False
    return True


def document_of_row(described: HsdsObject, row: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return what a row of a table says, numbers as numbers and empty cells left out, and what is wrong with it."""
    document: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, cell in row.items():
        field = described.fields.get(name)
        if field is None or field.part is not None:
            continue
        if not cell:
            if field.is_required and name not in ("id", "name") and field.type == "text":
                # Many places have no postal code; HSDS wants the field all the same.
                document[name] = ""
            continue
        if field.type != "number":
            document[name] = cell
        elif _NUMBER.match(cell):
            document[name] = float(cell) if "." in cell else int(cell)
        else:
            faults.append(Fault(name, "not_number"))
    missing = [name for name in described.in_table if name not in document]
    return document, faults + [Fault(name, "missing") for name in missing]

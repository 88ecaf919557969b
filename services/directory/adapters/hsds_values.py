"""Leaves out of HSDS objects what has no value, however deep it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# HSDS requires these of an address and of a change; that they are empty is an answer, too.
_EVEN_EMPTY = (
    "address_1", "city", "state_province", "postal_code", "country", "previous_value", "replacement_value",
)  # fmt: skip
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what has no value."""
    # Most values are something; those need not be compared with everything that is nothing.
    return {name: value for name, value in values.items() if value or value not in _NOTHING}


def pick(source: Mapping[Any, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return these fields of the source, as far as they have a value."""
    return present({name: source[name] for name in names if name in source})


def rest(detail: Mapping[str, Any], *, without: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the detail knows beyond the own fields, empty values left out however deep."""
    return {name: filled(value) for name, value in present(detail).items() if name not in without}


def filled(value: Any) -> Any:
    """Return a value without the empty ones in it; what HSDS requires stays, even if it is empty."""
    if isinstance(value, dict):
        full = present({name: filled(part) if isinstance(part, dict | list) else part for name, part in value.items()})
        return full | {name: "" for name in _EVEN_EMPTY if value.get(name) == ""} if "" in value.values() else full
    if isinstance(value, list):
        return [filled(part) for part in value if part or part not in _NOTHING]
    return value

"""Says of services and organizations, for their keepers alone, what HSDS has no word for.

Of a confidential place it says that it is one, and nothing else: nothing here reads the table of those places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from chassis.clock import to_rfc3339
from chassis.json_nesting import is_nested_deeper
from services.directory.adapters.hsds_values import present
from services.directory.adapters.rows import room_of_row

Row = Mapping[Any, Any]
# A table of a package parts what is nested so.
_PARTED = "/"
_DEEPEST = 4


def service_in_own_words(service: Row, where: Row | None) -> dict[str, Any]:
    """Return what an import needs beyond the service's document in HSDS, ``where`` being its public place, if any."""
    return present(
        {
            "status": service["status"],
            "place": service["location_kind"],
            "is_exact": bool(where and where["is_exact"]) or None,
            "sex": service["sex"],
            "accepts_referrals": service["accepts_referrals"],
            "always_open": service["always_open"] or None,
            "accessibility": list(service["accessibility"]),
            "schedule": [dict(entry) for entry in service["schedule"]],
            **_languages(service),
            "capacity": _capacity(service),
            "closing": _closing(service),
            "confirmed_at": _moment(service["confirmed_at"]),
            "kept": sorted(service["hsds"]),
        }
    )


def organization_in_own_words(organization: Row) -> dict[str, Any]:
    """Return what an import needs beyond the organization's document in HSDS."""
    return present(
        {
            "country": organization["country"],
            "phone": organization["phone"],
            **_languages(organization),
            "kept": sorted(organization["hsds"]),
        }
    )


def _languages(row: Row) -> dict[str, Any]:
    return {
        "source_language": row["source_language"],
        "translations": [present(entry) for entry in row["translations"]],
    }


def _capacity(service: Row) -> dict[str, Any]:
    room = room_of_row(service)
    if room is None:
        return {}
    return present(
        {
            "available": room.available,
            "maximum": room.maximum,
            "unit": room.unit,
            "updated_at": _moment(room.updated_at),
            "reported_at": _moment(room.reported_at),
        }
    )


def _closing(service: Row) -> dict[str, Any]:
    if service["closes_at"] is None:
        return {}
    return present(
        {
            "kind": service["closing_kind"],
            "reason": service["closing_reason"],
            "closes_at": _moment(service["closes_at"]),
            "reopens_at": _moment(service["reopens_at"]),
            "alert": service["closing_notice"],
            "alert_translations": service["closing_notice_translations"],
        }
    )


def _moment(at: datetime | None) -> str | None:
    return to_rfc3339(at) if at else None


# As rows of a table, each a value with the way to it.


def values_in(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value, as JSON, with the way to it."""
    parts = words.items() if isinstance(words, Mapping) else enumerate(words) if isinstance(words, list) else None
    if parts is None:
        yield path, orjson.dumps(words).decode()
        return
    for name, part in parts:
        yield from values_in(part, f"{path}{_PARTED if path else ''}{name}")


def words_from(values: Iterator[tuple[str, str]]) -> Any:
    """Put the values together again; of a table that contradicts itself comes something that no reading takes."""
    words: dict[str, Any] = {}
    for path, value in values:
        *way, last = path.split(_PARTED, _DEEPEST)
        place = words
        for name in way:
            below = place.setdefault(name, {})
            if not isinstance(below, dict):
                return None
            place = below
        if is_nested_deeper(value.encode(), 1):
            return None
        try:
            place[last] = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return _with_lists(words)


def _with_lists(words: Any) -> Any:
    if not isinstance(words, dict):
        return words
    if words and all(name.isdecimal() and len(name) < 6 for name in words):
        return [_with_lists(words[name]) for name in sorted(words, key=int)]
    return {name: _with_lists(part) for name, part in words.items()}

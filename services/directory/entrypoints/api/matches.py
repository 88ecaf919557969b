"""Finds services for a child; nothing of what was asked is kept or logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import flask

from chassis.connexion_app import container
from services.directory.adapters.match_query import Matched
from services.directory.adapters.match_query import find_matches as find
from services.directory.adapters.repositories import SqlReferenceData
from services.directory.adapters.rows import capacity_of_row
from services.directory.domain.errors import UnknownCode
from services.directory.domain.matching import Need, Reason
from services.directory.entrypoints.api.hsds import present
from services.directory.entrypoints.api.wire import capacity_view

_FIELDS = (
    "id", "name", "description", "organization_id", "organization_name", "tier", "taxonomy_terms", "languages",
    "minimum_age", "maximum_age", "sex", "location_kind", "phone",
)  # fmt: skip


def find_matches(body: dict[str, Any]) -> Any:
    """Return services that fit and that nearly fit, with reasons."""
    need = Need(
        needs=frozenset(body["needs"]),
        age=body.get("age"),
        sex=body.get("sex"),
        languages=frozenset(body.get("languages", ())),
        municipality=body.get("municipality"),
        within_km=body.get("within_km"),
        urgency=body.get("urgency"),
    )
    with container().engine.connect() as connection:
        reference = SqlReferenceData(connection)
        unknown = reference.unknown_terms(need.needs)
        unknown += reference.unknown_municipalities([need.municipality] if need.municipality else [])
        if unknown:
            raise UnknownCode("These codes are not known here.", unknown_codes=unknown)
        fitting, nearly = find(connection, need, limit=body.get("limit", 20))
    answer = {
        "matches": [_view(matched) for matched in fitting],
        "nearly": [_view(matched) | {"missing": _reasons(matched.fit.missing)} for matched in nearly],
    }
    return flask.jsonify(answer), 200, {"Cache-Control": "no-store"}


def _view(matched: Matched) -> dict[str, Any]:
    row, distance = matched.row, matched.row["distance_km"]
    service = present({**{name: row[name] for name in _FIELDS}, "municipality": row["municipality_code"]})
    service["languages"], service["taxonomy_terms"] = list(row["languages"]), list(row["taxonomy_terms"])
    service["agency_id"] = row["agency_id"]
    service["receives_referrals"] = bool(row["agency_id"] and row["accepts_referrals"])
    return {
        "service": service,
        "reasons": _reasons(matched.fit.reasons),
        "distance_km": round(distance, 1) if distance is not None else None,
        "capacity": capacity_view(capacity_of_row(row)),
    }


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [asdict(reason) for reason in reasons]

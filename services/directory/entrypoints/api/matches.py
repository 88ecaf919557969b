"""Finds services for a child; of what was asked nothing is logged, and nothing kept but the count of unmet needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from chassis.auth import current_principal
from chassis.connexion_app import container
from services.directory.adapters.hsds_values import present
from services.directory.adapters.match_query import Matched
from services.directory.adapters.match_query import find_matches as find
from services.directory.adapters.match_rows import Row, place_of
from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.rows import room_of_row
from services.directory.adapters.unmet_needs import SqlUnmetNeedStore
from services.directory.adapters.wording import namer, wording_for
from services.directory.application.count_unmet_need import count_unmet_needs, newly_unmet
from services.directory.domain.matching import Fit, Reason
from services.directory.domain.need import Need
from services.directory.domain.reason_texts import Telling
from services.directory.entrypoints.api.needs import need_from
from services.directory.entrypoints.api.pages import json_of
from services.directory.entrypoints.api.reading_language import in_languages, languages, reader
from services.directory.entrypoints.api.wire import capacity_view

_USUAL_LIMIT = 20
# Beside many that fit, few that nearly do.
_LEAST_NEARLY = 5
_FIELDS = (
    "id", "name", "description", "organization_id", "organization_name", "tier", "taxonomy_terms", "languages",
    "minimum_age", "maximum_age", "sex", "location_kind", "phone", "accessibility", "country",
)  # fmt: skip


def find_matches(body: dict[str, Any]) -> Any:
    """Return services that fit and that nearly fit, with reasons; count what of it nobody meets."""
    directory, principal = container(), current_principal()
    now = directory.clock.now()
    with directory.reading.connect() as connection:
        need = need_from(body, connection, now)
        limit = body.get("limit", _USUAL_LIMIT)
        fitting, nearly = find(
            connection, need, agency_id=principal.agency_id, now=now, limit=limit, nearly=_LEAST_NEARLY
        )
        telling = _telling(connection, now)
    if not fitting:
        count_what_nobody_meets(need, [matched.fit for matched in nearly])
    answer = {
        "matches": [_view(matched, telling) for matched in fitting],
        "nearly": [
            _view(matched, telling) | {"missing": _reasons(matched.fit.missing, telling, is_missing=True)}
            for matched in nearly
        ],
    }
    return _answer(answer, telling)


def _telling(connection: Connection, now: datetime) -> Telling:
    asked = languages()
    return Telling(wording=wording_for(asked), name_of=namer(reference_of(connection), asked), now=now)


def _answer(answer: dict[str, list[dict[str, Any]]], telling: Telling) -> Any:
    wanted = reader()
    if wanted is not None:
        with container().reading.connect() as connection:
            wanted.localize(connection, [entry["service"] for found in answer.values() for entry in found])
    response = in_languages(json_of(orjson.dumps(answer).decode()), wanted, telling.wording.language)
    response.headers["Cache-Control"] = "no-store"
    return response


def count_what_nobody_meets(need: Need, nearly: Collection[Fit] = ()) -> None:
    """Count what of the need nobody meets, once a search for all of it has found only what fits ``nearly``."""
    directory = container()
    now = directory.clock.now()
    with directory.reading.connect() as connection:
        unmet = newly_unmet(current_principal(), need, nearly, store=SqlUnmetNeedStore(connection), now=now)
    count_unmet_needs(unmet, unit_of_work=directory.unit_of_work, now=now)


def _view(matched: Matched, telling: Telling) -> dict[str, Any]:
    row, distance = matched.row, matched.row["distance_km"]
    service = present({**{name: row[name] for name in _FIELDS}, "municipality": row["municipality_code"]})
    service["languages"], service["taxonomy_terms"] = list(row["languages"]), list(row["taxonomy_terms"])
    service["agency_id"] = row["agency_id"]
    service["receives_referrals"] = bool(row["agency_id"] and row["accepts_referrals"])
    return {
        "service": service,
        "service_at_location": _place_view(row, telling),
        "reasons": _reasons(matched.fit.reasons, telling),
        "distance_km": round(distance, 1) if distance is not None else None,
        "capacity": capacity_view(room_of_row(row)),
    }


def _place_view(row: Row, telling: Telling) -> dict[str, Any] | None:
    """Return which place the reasons speak of; it is called as its publisher calls it, or as its town is."""
    place = place_of(row)
    if place is None:
        return None
    name = place.name or (telling.name_of(place.municipality) if place.municipality else None)
    return present({"id": place.id, "name": name, "municipality": place.municipality})


def _reasons(reasons: Iterable[Reason], telling: Telling, *, is_missing: bool = False) -> list[dict[str, Any]]:
    return [
        {"code": reason.code, "params": dict(reason.params), "text": telling.text_of(reason, is_missing=is_missing)}
        for reason in reasons
    ]

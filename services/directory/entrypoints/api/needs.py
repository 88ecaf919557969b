"""Reads a need from a request: codes that are known here, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from chassis.clock import from_rfc3339
from chassis.problems import INVALID_REQUEST, Problem
from services.directory.adapters.opening_index import FURTHEST
from services.directory.adapters.reference_cache import reference_of
from services.directory.domain.errors import ContentDoesNotFit, UnknownCode
from services.directory.domain.need import Need
from services.directory.domain.spoken_languages import all_spoken


def need_from(body: Mapping[str, Any], connection: Connection, now: datetime) -> Need:
    """Return the need; raise UnknownCode for a term or municipality that is not in the reference data.

    Raises ContentDoesNotFit for a whole country as the municipality, and for keeping to a country without either.
    A distance without a place to measure it from is refused: left unheard, it would find what is far away.
    """
    if body.get("within_km") is not None and body.get("municipality") is None:
        raise _unfit("within_km", "needs a municipality to measure from")
    need = Need(
        needs=frozenset(body["needs"]),
        age=body.get("age"),
        sex=body.get("sex"),
        languages=frozenset(all_spoken(body.get("languages", ()))),
        accessibility=frozenset(body.get("accessibility", ())),
        municipality=body.get("municipality"),
        within_km=body.get("within_km"),
        across_borders=body.get("across_borders", True),
        excluded_organizations=frozenset(body.get("excluded_organizations", ())),
        urgency=body.get("urgency"),
        open_at=_moment(body.get("open_at"), now),
    )
    _hold_to_a_place(need)
    asked = [*sorted(need.needs), *([need.municipality] if need.municipality else [])]
    reference = reference_of(connection, knowing=asked)
    unknown = [code for code in sorted(need.needs) if not reference.has_term(code)]
    if need.municipality and not reference.has_place(need.municipality):
        unknown.append(need.municipality)
    if unknown:
        raise UnknownCode("These codes are not known here.", unknown_codes=unknown)
    return need


def _hold_to_a_place(need: Need) -> None:
    if need.municipality is not None and need.municipality == need.country:
        raise ContentDoesNotFit(
            "A whole country has no middle to measure from.", code="country_is_no_place", fields=("municipality",)
        )
    if need.municipality is None and not need.across_borders:
        raise ContentDoesNotFit(
            "To keep to one country, say in which municipality.",
            code="municipality_needed",
            fields=("municipality", "across_borders"),
        )


def _moment(text: str | None, now: datetime) -> datetime | None:
    if text is None or text == "now":
        return now if text else None
    try:
        moment = from_rfc3339(text)
        if not now - timedelta(days=1) <= moment <= now + FURTHEST:
            raise ValueError
    except ValueError:
        weeks = FURTHEST.days // 7
        detail = f"must be now or an RFC 3339 moment with its offset, not past nor more than {weeks} weeks ahead"
        raise _unfit("open_at", detail) from None
    return moment


def _unfit(field: str, detail: str) -> Problem:
    errors = [{"pointer": f"/{field}", "detail": detail}]
    return Problem(INVALID_REQUEST, "Correct the fields listed under errors and repeat.", errors=errors)

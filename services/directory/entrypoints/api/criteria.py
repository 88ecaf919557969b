"""Reads what a public search asks for, from the address or from a body, and refuses what no pattern can check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.connexion_app import container
from chassis.problems import INVALID_REQUEST, Problem
from services.directory.adapters.opening_index import FURTHEST
from services.directory.adapters.published_places import plain_postcode
from services.directory.adapters.reference_cache import Reference, reference_kept
from services.directory.adapters.search_filters import ServiceSearch
from services.directory.domain.errors import UnknownCode
from services.directory.domain.spoken_languages import spoken
from services.directory.domain.urgency import rule_of

_SAME_NAME = (
    "taxonomy_id", "organization_id", "minimum_age", "maximum_age", "age", "municipality", "serves",
    "available_to", "accepts", "sex", "sort",
)  # fmt: skip
_PLACES = ("municipality", "serves", "available_to")
_LISTED = dict.fromkeys(_PLACES, "/municipalities") | {"need": "/taxonomy_terms"}
_FURTHEST_METRES = 1_000_000
_LENGTH_OF_COUNTRY = 2


def with_body(given: Mapping[str, Any], body: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the criteria of a POST: those in the body count before those in the address."""
    return {**given, **(body or {})}


def search_of(given: Mapping[str, Any], *, agency_id: str | None = None) -> ServiceSearch:
    """Return the search for services.

    Raises a 400 problem where a criterion cannot be understood, and UnknownCode for a place or a need that is not in
    the reference data: an empty list would say that there is no help.
    """
    _refuse_pairs(given)
    _refuse_unknown_codes(given)
    same: dict[str, Any] = {name: given.get(name) for name in _SAME_NAME}
    now = container().clock.now()
    day, postcode, language = given.get("day"), given.get("postcode"), given.get("language")
    return ServiceSearch(
        agency_id=agency_id,
        words=given.get("search"),
        term_id=given.get("taxonomy_term_id"),
        term_code=given.get("need"),
        modified_after=moment_of(given.get("modified_after"), "modified_after"),
        near=_coordinates(given.get("near")),
        within_km=_reach(given),
        language=None if language is None else spoken(language),
        postcode=None if postcode is None else plain_postcode(postcode),
        open_at=open_at_of(given.get("open_at"), now),
        # MO, Mon and monday are the same day.
        day=None if day is None else day[:2].upper(),
        start_time=_time(given.get("start_time")),
        end_time=_time(given.get("end_time")),
        accessibility=tuple(given.get("accessibility", ())),
        said_since=rule_of(None).said_since(now),
        **same,
    )


def _refuse_pairs(given: Mapping[str, Any]) -> None:
    if given.get("sort") == "distance" and not _has_centre(given):
        raise unfit(
            "sort",
            "needs a place to measure from: near, municipality or postcode with within_km, or a municipality as"
            " available_to",
        )
    if "municipality" in (given.get("facets") or ()) and _is_measured_from_municipality(given):
        raise unfit("facets", "counts no municipality where the distance is measured from one; near can be its centre")
    if given.get("facets") and given.get("format") == "ndjson":
        raise unfit("facets", "is counted beside pages alone, not with format=ndjson")


def _refuse_unknown_codes(given: Mapping[str, Any]) -> None:
    asked = {name: given[name] for name in _LISTED if given.get(name)}
    if not asked:
        return
    engine = container().reading
    unknown = _unknown(asked, reference_kept(engine))
    if unknown:
        # They may have been loaded a moment ago.
        unknown = _unknown(asked, reference_kept(engine, knowing=list(unknown.values())))
    if unknown:
        where = "; ".join(f"{_LISTED[name]} lists those of {name}" for name in unknown)
        errors = [
            {"parameter": name, "in": "query", "detail": f"is not known here; {_LISTED[name]} lists the codes"}
            for name in unknown
        ]
        codes = list(dict.fromkeys(unknown.values()))
        raise UnknownCode(f"These codes are not known here: {where}.", unknown_codes=codes, errors=errors)


def _unknown(asked: Mapping[str, str], reference: Reference) -> dict[str, str]:
    """Return which of the criteria hold a code that is not in the reference data."""
    knows = {name: reference.has_place if name in _PLACES else reference.has_term for name in asked}
    return {name: code for name, code in asked.items() if not knows[name](code)}


def _has_centre(given: Mapping[str, Any]) -> bool:
    reaches = any(given.get(name) is not None for name in ("within_km", "proximity"))
    named = any(given.get(name) is not None for name in ("municipality", "postcode"))
    lives = given.get("available_to") is not None and not _is_country(given["available_to"])
    return given.get("near") is not None or (reaches and named) or lives


def _is_measured_from_municipality(given: Mapping[str, Any]) -> bool:
    is_measured = any(given.get(name) is not None for name in ("within_km", "proximity"))
    is_from_elsewhere = any(given.get(name) is not None for name in ("near", "postcode"))
    return is_measured and not is_from_elsewhere and given.get("municipality") is not None


def _is_country(code: str | None) -> bool:
    """Say whether a place is a country, which has no middle that anything is near to."""
    return code is not None and len(code) == _LENGTH_OF_COUNTRY


def _reach(given: Mapping[str, Any]) -> float | None:
    """Return how far to look: within_km, or proximity in metres, the smaller where both are given."""
    metres = given.get("proximity")
    if _is_measured_from_municipality(given) and _is_country(given["municipality"]):
        raise unfit(
            "municipality", "must be no country where the distance is measured from it: a country has no middle"
        )
    if not any(given.get(name) is not None for name in ("postcode", "near", "municipality")):
        for name in ("proximity", "within_km"):
            if given.get(name) is not None:
                raise unfit(name, "needs a postcode, near or municipality to measure from")
    if metres is None:
        return given.get("within_km")
    if not 0 < float(metres) <= _FURTHEST_METRES:
        raise unfit("proximity", f"must be more than 0 and at most {_FURTHEST_METRES} metres")
    return float(min(float(metres) / 1000, given.get("within_km") or float(metres) / 1000))


def _time(text: str | None) -> str | None:
    return None if text is None else text[:5]


def open_at_of(text: str | None, now: datetime) -> datetime | None:
    """Read a moment for which opening hours can be known: ``now``, or one from yesterday to eight weeks ahead."""
    if text is None or text == "now":
        return now if text else None
    if _read(text, "open_at").tzinfo is None:
        # Guessed, it would be an hour or two beside what was meant, and the door may be closed then.
        raise unfit("open_at", "needs an offset from UTC, as in 2026-03-01T17:00:00+01:00 or 2026-03-01T16:00:00Z")
    moment = moment_of(text, "open_at")
    if moment is not None and not now - timedelta(days=1) <= moment <= now + FURTHEST:
        raise unfit("open_at", f"must not be past, nor more than {FURTHEST.days // 7} weeks ahead")
    return moment


def moment_of(text: str | None, parameter: str) -> datetime | None:
    """Read an RFC 3339 moment or a date, which begins at midnight UTC."""
    if text is None:
        return None
    moment = _read(text, parameter)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(text: str, parameter: str) -> datetime:
    try:
        # A plus sign that was not escaped arrives as a blank.
        return datetime.fromisoformat(
            text[:10] + text[10:].replace(" ", "T", 1 if text[10:11] == " " else 0).replace(" ", "+")
        )
    except ValueError:
        raise unfit(parameter, "must be an RFC 3339 moment or a date") from None


def _coordinates(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    latitude, longitude = (float(part) for part in text.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise unfit("near", "must be a latitude and a longitude in degrees")
    return latitude, longitude


def unfit(parameter: str, detail: str) -> Problem:
    """Return the 400 problem of a criterion that cannot be answered."""
    errors = [{"parameter": parameter, "in": "query", "detail": detail}]
    return Problem(INVALID_REQUEST, f"The query parameter {parameter} {detail}.", errors=errors)

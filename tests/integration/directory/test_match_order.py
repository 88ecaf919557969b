"""The index weighs services as the domain does: the same ones, in the same order, whatever is asked."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Float, and_, cast, func, literal, null, or_, select

from services.directory.adapters import match_query
from services.directory.adapters.match_rows import candidate_of
from services.directory.adapters.places import covering_codes, place_of
from services.directory.adapters.tables import listing, organization, search_entry
from services.directory.bootstrap import Directory
from services.directory.domain.matching import Fit, fit
from services.directory.domain.need import Need
from services.directory.domain.verification import STALE_AFTER_DAYS
from tests.support.directory import Agency

TERMS = ["life-skills", "vocational-training", "interpretation"]
PLACES = ["AL-tirane", "AL-durres", "AL-kukes", "XK-prizren", "ME-podgorica"]
LANGUAGES = ["sq", "sr", "rom", "en"]
WEEK = "MO,TU,WE,TH,FR,SA,SU"
MOST = 100


def random_listing(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(["physical", "physical", "virtual", "confidential"])
    place = {"kind": kind} if kind == "virtual" else {"kind": kind, "municipality": rng.choice(PLACES)}
    opens = rng.randint(0, 12)
    return {
        "name": f"Service {rng.randint(0, 5)}",
        "taxonomy_terms": rng.sample(TERMS, rng.randint(1, 2)),
        "minimum_age": rng.choice([None, 0, 6, 12]),
        "maximum_age": rng.choice([None, 13, 17]),
        "sex": rng.choice(["any", "any", "female", "male"]),
        "languages": rng.sample(LANGUAGES, rng.randint(1, 3)),
        "serves": rng.sample([*PLACES, "AL", "XK"], rng.randint(1 if kind == "virtual" else 0, 2)),
        "location": place,
        "tier": rng.choice(["public", "network"]),
        "accepts_referrals": rng.random() < 0.8,
        "capacity": rng.choice([None, {"available": 0}, {"available": 3, "maximum": 4}]),
        "accessibility": rng.sample(["wheelchair", "braille"], rng.randint(0, 2)),
        "schedule": rng.choice(
            [None, [{"byday": WEEK, "opens_at": f"{opens:02}:00", "closes_at": f"{opens + 10:02}:00"}]]
        ),
    }


def random_need(rng: random.Random, now: datetime) -> Need:
    municipality = rng.choice([*PLACES, None])
    return Need(
        needs=frozenset(rng.sample(TERMS, rng.randint(1, 2))),
        age=rng.choice([None, 5, 13, 18]),
        sex=rng.choice([None, "female", "male", "other"]),
        languages=frozenset(rng.sample(LANGUAGES, rng.randint(0, 2))),
        accessibility=frozenset(rng.sample(["wheelchair", "braille"], rng.randint(0, 1))),
        municipality=municipality,
        within_km=rng.choice([None, 10, 60]),
        across_borders=municipality is None or rng.random() < 0.7,
        urgency=rng.choice([None, "urgent", "emergency"]),
        open_at=rng.choice([None, now, now + timedelta(hours=rng.randint(0, 200))]),
    )


@pytest.fixture(scope="module")
def now(client: Any, issuer: Any) -> datetime:
    """Publish what the needs are held against."""
    rng, agencies = random.Random(7), [Agency(client, issuer) for _ in range(2)]
    owners = [
        (agency, agency.organization(country=country, linked=linked))
        for agency in agencies
        for country, linked in (("AL", True), ("XK", True), ("AL", False))
    ]
    for _ in range(60):
        agency, organization_id = rng.choice(owners)
        agency.publish(organization_id=organization_id, **random_listing(rng))
    return datetime.now(UTC)


def weighed_one_by_one(connection: Any, need: Need, now: datetime) -> list[Fit]:
    """Weigh published services in Python, without any help of the index: all where in reach none fits, few nearly."""
    in_reach = weighed_within(connection, need, now, reach=True)
    shown = [one for one in in_reach if len(one.missing) <= 2]
    if len(shown) >= match_query.ENOUGH_NEARLY or any(not one.missing for one in shown):
        return in_reach
    return weighed_within(connection, need, now, reach=False)


def weighed_within(connection: Any, need: Need, now: datetime, *, reach: bool) -> list[Fit]:
    far, is_near = cast(null(), Float), literal(True)
    if need.municipality is not None:
        place = place_of(connection, need.municipality)
        assert place is not None
        far = func.distance_km(search_entry.c.latitude, search_entry.c.longitude, *place, type_=Float)
        is_near, is_in_reach = (
            far <= max(km, 2 * (need.within_km or 0)) for km in (match_query.USUAL_KM, match_query.OPEN_TO_ALL_KM)
        )
        is_near = or_(is_near, and_(func.cardinality(search_entry.c.serves) == 0, is_in_reach))
    columns = [listing, organization.c.agency_id, search_entry.c.terms, search_entry.c.country]
    statement = select(*columns, far.label("distance_km"), is_near.label("is_near"))
    statement = statement.where(search_entry.c.tier != "named", search_entry.c.service_status == "active")
    rows = map(_as_read, connection.execute(statement.join(search_entry).join(organization)).mappings())
    fits = [
        weighed
        for row in rows
        if _is_in_question(weighed := fit(need, candidate_of(row, now.date()), now), need, row["is_near"] or not reach)
    ]
    return sorted(fits, key=lambda one: one.sort_key)


def _as_read(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a service with one place, and with its hours as JSON text, as matching reads them."""
    of_place = dict.fromkeys(("keeps_own_hours", "place_country", "place_accessibility", "place_serves", "is_exact"))
    return {**of_place, **row, **{name: json.dumps(row[name] or {}) for name in ("schedule", "hsds")}}


def _is_in_question(weighed: Fit, need: Need, is_near: bool | None) -> bool:
    candidate = weighed.candidate
    serves = bool(candidate.serves & need.covering_codes)
    if not candidate.terms & need.needs or candidate.days_overdue > STALE_AFTER_DAYS:
        return False
    if not need.across_borders and candidate.country != need.country and not (candidate.is_virtual and serves):
        return False
    return serves or bool(is_near)


@pytest.mark.parametrize("seed", range(40))
def test_the_index_weighs_as_the_domain_does(directory: Directory, now: datetime, seed: int) -> None:
    need = random_need(random.Random(seed), now)
    with directory.engine.connect() as connection:
        covering = covering_codes(connection, need.municipality) if need.municipality else []
        expected = weighed_one_by_one(connection, replace(need, covering_codes=frozenset(covering)), now)
        for limit in (MOST, 3):
            fitting, nearly = match_query.find_matches(connection, need, agency_id="nobody", now=now, limit=limit)
            best = [one.candidate.service_id for one in expected if not one.missing]
            next_best = [one.candidate.service_id for one in expected if 1 <= len(one.missing) <= 2]
            assert [matched.row["id"] for matched in fitting] == best[:limit]
            assert [matched.row["id"] for matched in nearly] == next_best[:limit]
        few, fewer = match_query.find_matches(connection, need, agency_id="nobody", now=now, limit=5, nearly=2)
        assert [matched.row["id"] for matched in fewer] == next_best[: max(2, 5 - len(few))]
        need = replace(need, covering_codes=frozenset(covering))
        assert match_query.is_met(connection, need, agency_id="nobody", now=now) is met(connection, need, now)


def met(connection: Any, need: Need, now: datetime) -> bool:
    """Say whether one in reach fits, be it that it must be called; else of all, where none nearly does."""
    for reach in (True, False):
        lacks = [
            [reason.code for reason in one.missing if reason.code not in ("no_agency", "not_accepting")]
            for one in weighed_within(connection, need, now, reach=reach)
        ]
        if any(len(missing) <= 2 for missing in lacks):
            return [] in lacks
    return False

"""Reads the deadline rules of an installation from their data file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from services.referral.domain.deadlines import DeadlinePolicy, DeadlineRules, Span, WorkCalendar
from services.referral.domain.status import Urgency

OWN_FILE = Path(__file__).parent.parent / "reference_data" / "deadlines.yaml"


def read_deadline_rules(file: Path = OWN_FILE) -> DeadlineRules:
    """Return the rules; raises KeyError or ValueError for a file that lacks an urgency or a step."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    countries: Mapping[str, Any] = data.get("countries") or {}
    return DeadlineRules(
        default={urgency: _policy(data["default"][urgency.value]) for urgency in Urgency},
        default_calendar=WorkCalendar(ZoneInfo(data["default_time_zone"])),
        by_country={
            (code, Urgency(name)): _policy(terms)
            for code, country in countries.items()
            for name, terms in (country.get("terms") or {}).items()
        },
        calendars={code: _calendar(country) for code, country in countries.items()},
    )


def _policy(terms: Mapping[str, Any]) -> DeadlinePolicy:
    expiry = terms["expire_after"]
    return DeadlinePolicy(
        acknowledge=Span(**terms["acknowledge"]),
        decide=Span(**terms["decide"]),
        first_contact=Span(**terms["first_contact"]),
        feedback=Span(**terms["feedback"]),
        expire_after=Span(**expiry) if expiry else None,
    )


def _calendar(country: Mapping[str, Any]) -> WorkCalendar:
    holidays = frozenset(tuple(int(part) for part in day.split("-")) for day in country.get("holidays", ()))
    return WorkCalendar(ZoneInfo(country["time_zone"]), holidays=frozenset((day[0], day[1]) for day in holidays))

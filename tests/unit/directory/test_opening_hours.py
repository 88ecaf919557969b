"""Opening hours against a naive oracle that looks at every minute, and the days on which that is hard."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from services.directory.domain.opening_hours import OpeningHours, minutes_of_moment
from services.directory.domain.schedules import WEEKDAYS, opening_hours_of

ZONES = {
    "AL": "Europe/Tirane", "BA": "Europe/Sarajevo", "BG": "Europe/Sofia", "ME": "Europe/Podgorica",
    "RO": "Europe/Bucharest", "RS": "Europe/Belgrade", "XK": "Europe/Belgrade",
}  # fmt: skip
MINUTE = timedelta(minutes=1)
TIMES = st.integers(0, 24 * 4 - 1).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
BYDAY = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(lambda days: ",".join(sorted(days)))
ENTRIES = st.fixed_dictionaries(
    {"freq": st.just("WEEKLY"), "byday": BYDAY, "opens_at": TIMES, "closes_at": TIMES},
    optional={
        "open_on_holidays": st.booleans(),
        "interval": st.just(2),
        "dtstart": st.dates(date(2026, 1, 1), date(2026, 5, 1)).map(str),
        "valid_to": st.dates(date(2026, 3, 1), date(2027, 1, 15)).map(str),
    },
).map(lambda entry: {**entry, "dtstart": entry.get("dtstart", "2026-01-05")} if "interval" in entry else entry)
# Clocks change on 29 March and 25 October; around the others many countries have holidays.
DAYS = st.sampled_from(
    [date(2026, 3, 28), date(2026, 10, 24), date(2026, 1, 6), date(2026, 4, 10), date(2026, 5, 1), date(2026, 12, 25)]
)


def hours(country: str = "AL", *entries: dict[str, Any], always_open: bool = False) -> OpeningHours:
    return opening_hours_of(country, always_open=always_open, schedule=(), detail={"schedules": list(entries)})


def weekly(byday: str, opens: str, closes: str, **more: Any) -> dict[str, Any]:
    return {"freq": "WEEKLY", "byday": byday, "opens_at": opens, "closes_at": closes, **more}


def local(country: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[country]))


class Oracle:
    """Walks through all minutes of three days and writes down what the wall clock shows."""

    def __init__(self, country: str, entries: list[dict[str, Any]], day: date) -> None:
        self.entries, self.country = entries, country
        self.holidays = holidays.country_holidays(country)
        zone = ZoneInfo(ZONES[country])
        self.minutes = [
            datetime(day.year, day.month, day.day, tzinfo=UTC) + MINUTE * number for number in range(3 * 1440)
        ]
        self.shown: dict[datetime, datetime] = {}
        for moment in self.minutes[::-1]:
            # Backwards, so that the first of two equal times stays.
            self.shown[moment.astimezone(zone).replace(tzinfo=None)] = moment
        self.spans = [span for number in range(-1, 4) for span in self._spans(day + timedelta(days=number))]

    def is_open(self, moment: datetime) -> bool:
        return any(start <= moment < end for start, end in self.spans)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        return [
            (self._moment(midnight + opens), self._moment(midnight + closes))
            for entry in self.entries
            for midnight in [datetime.combine(day, time())]
            for opens, closes in [self._times(entry)]
            if self._falls_on(entry, day)
        ]

    def _times(self, entry: dict[str, Any]) -> tuple[timedelta, timedelta]:
        opens, closes = (
            timedelta(hours=int(entry[name][:2]), minutes=int(entry[name][3:])) for name in ("opens_at", "closes_at")
        )
        return opens, closes if closes > opens else closes + timedelta(days=1)

    def _falls_on(self, entry: dict[str, Any], day: date) -> bool:
        if day in self.holidays and not entry.get("open_on_holidays"):
            return False
        if str(day) > entry.get("valid_to", "9999"):
            return False
        start = datetime.fromisoformat(entry.get("dtstart", "2025-12-01"))
        byday = [WEEKDAYS.index(code) for code in entry["byday"].split(",")]
        rule = rrule.rrule(rrule.WEEKLY, dtstart=start, interval=entry.get("interval", 1), byweekday=byday)
        wanted = datetime.combine(day, time())
        return bool(rule.between(wanted, wanted, inc=True))

    def _moment(self, wall: datetime) -> datetime:
        for passed in range(4 * 1440):
            if (found := self.shown.get(wall - MINUTE * passed)) is not None:
                return found + MINUTE * passed
        for passed in range(4 * 1440):
            if (found := self.shown.get(wall + MINUTE * passed)) is not None:
                return found - MINUTE * passed
        raise AssertionError(wall)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ZONES)), st.lists(ENTRIES, min_size=1, max_size=3), DAYS)
def test_hours_agree_with_a_look_at_every_minute(country: str, entries: list[dict[str, Any]], day: date) -> None:
    found, oracle = hours(country, *entries), Oracle(country, entries, day)
    # The edges of the three days are for carrying over.
    looked_at = oracle.minutes[240:-240]
    is_open = [oracle.is_open(moment) for moment in looked_at]
    if not found.always_open:
        spans = found.spans(looked_at[0], looked_at[-1] + MINUTE)
        assert [any(start <= moment < end for start, end in spans) for moment in looked_at] == is_open
    for number in range(0, len(looked_at), 97):
        moment = looked_at[number]
        assert found.is_open(moment) == (is_open[number] or found.always_open)
        closes_at, opens_at = found.closes_at(moment), found.next_opening(moment)
        if closes_at is not None and closes_at <= looked_at[-1]:
            assert is_open[number]
            assert closes_at == next(later for later in looked_at[number:] if not oracle.is_open(later))
        if opens_at is not None and opens_at <= looked_at[-1]:
            assert oracle.is_open(opens_at)
            assert not oracle.is_open(opens_at - MINUTE)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(ZONES)), st.lists(ENTRIES, min_size=1, max_size=3), DAYS, st.integers(0, 2879))
def test_minutes_of_the_week_say_the_same_as_the_hours(
    country: str, entries: list[dict[str, Any]], day: date, minute: int
) -> None:
    found = hours(country, *entries)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + MINUTE * minute
    weekly_minutes = found.weekly_minutes(day)
    if weekly_minutes is not None and all(
        entry.get("dtstart", "") <= str(day - timedelta(days=1)) for entry in entries
    ):
        asked = minutes_of_moment(country, moment)
        assert any(start <= one < end for start, end in weekly_minutes for one in asked) == found.is_open(moment)


def test_nothing_said_is_nothing_known() -> None:
    found = hours()
    assert not found.are_known
    assert not found.is_open(local("AL", "2026-06-03T12:00"))
    assert found.next_opening(local("AL", "2026-06-03T12:00")) is None


def test_open_until_five_and_again_tomorrow_at_eight() -> None:
    found = hours("AL", weekly("MO,TU,WE,TH,FR", "08:00", "17:00"))
    wednesday = local("AL", "2026-06-03T12:00")
    assert found.closes_at(wednesday) == local("AL", "2026-06-03T17:00")
    assert found.next_opening(wednesday) == local("AL", "2026-06-04T08:00")
    friday = local("AL", "2026-06-05T17:00")
    assert (found.is_open(friday), found.closes_at(friday)) == (False, None)
    assert found.next_opening(friday) == local("AL", "2026-06-08T08:00")


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("AL", "2026-11-28"),
        ("BA", "2026-05-01"),
        ("BG", "2026-03-03"),
        ("XK", "2026-02-17"),
        ("ME", "2026-07-13"),
        ("RO", "2026-12-01"),
        ("RS", "2026-02-16"),
    ],
)
def test_a_holiday_closes_unless_the_entry_says_otherwise(country: str, day: str) -> None:
    noon = local(country, f"{day}T12:00")
    everyday = ("MO,TU,WE,TH,FR,SA,SU", "08:00", "16:00")
    assert not hours(country, weekly(*everyday)).is_open(noon)
    assert hours(country, weekly(*everyday, open_on_holidays=True)).is_open(noon)


def test_a_line_that_never_closes_does_not_close_on_holidays_either() -> None:
    new_year = local("AL", "2026-01-01T03:00")
    around_the_clock = weekly(",".join(WEEKDAYS), "00:00", "24:00")
    for found in (hours("AL", around_the_clock), hours("AL", always_open=True)):
        assert found.always_open
        assert found.is_open(new_year)
        assert found.closes_at(new_year) is None


def test_hours_past_midnight_belong_to_the_day_they_began_on() -> None:
    # 1 January is a holiday: who opens on its evening stays closed, who opened the evening before is still open.
    found = hours("RO", weekly("WE,TH", "20:00", "04:00"))
    assert found.is_open(local("RO", "2026-01-01T03:00"))
    assert not found.is_open(local("RO", "2026-01-01T21:00"))
    assert not found.is_open(local("RO", "2026-01-02T03:00"))


def test_clocks_going_forward_and_back_make_a_night_shorter_and_longer() -> None:
    found = hours("AL", weekly("SA", "22:00", "06:00"))
    for day, length in (("2026-03-28", 7), ("2026-10-24", 9)):
        start = local("AL", f"{day}T22:00").astimezone(UTC)
        closes_at = found.closes_at(start)
        assert closes_at is not None
        assert closes_at - start == timedelta(hours=length)


def test_the_first_monday_of_each_month() -> None:
    found = hours("RS", weekly("1MO", "10:00", "12:00", freq="MONTHLY"))
    assert found.next_opening(local("RS", "2026-06-02T00:00")) == local("RS", "2026-07-06T10:00")


def test_offsets_of_the_countrys_own_mean_local_time_and_others_are_taken_at_their_word() -> None:
    summer_noon = local("AL", "2026-06-03T12:30")
    assert hours("AL", weekly("WE", "12:00+01:00", "13:00+01:00")).is_open(summer_noon)
    assert hours("AL", weekly("WE", "12:00", "13:00", timezone=2)).is_open(summer_noon)
    assert not hours("AL", weekly("WE", "12:00Z", "13:00Z")).is_open(summer_noon)
    assert hours("AL", weekly("WE", "10:00Z", "11:00Z")).is_open(summer_noon)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"byday": "MO"},
        weekly("XX", "08:00", "16:00"),
        weekly("MO", "25:00", "26:00"),
        weekly("MO", "noon", "later"),
        weekly("MO", "08:00", "16:00", freq="HOURLY"),
        weekly("MO", "08:00", "16:00", interval=2),
        weekly("MO", "08:00", "16:00", interval=-1, dtstart="2026-01-05"),
        weekly("MO", "08:00", "16:00", dtstart="soon"),
        weekly("MO", "08:00", "16:00", wkst="XX"),
        weekly("MO", "08:00", "16:00", timezone=1e300),
        weekly("MO", "08:00", "16:00", interval="a"),
        weekly("", "08:00", "16:00"),
        weekly("MO", "08:00+99:99", "16:00"),
        "text",
    ],
)
def test_what_cannot_be_understood_opens_nothing(entry: Any) -> None:
    assert not hours("AL", entry).are_known


def test_an_interval_counts_from_the_first_day() -> None:
    found = hours("AL", weekly("MO", "08:00", "16:00", interval=2, dtstart="2026-06-01", until="2026-06-29"))
    opened = [day for day in range(1, 31) if found.is_open(local("AL", f"2026-06-{day:02}T09:00"))]
    assert opened == [1, 15, 29]
    assert found.weekly_minutes(date(2026, 6, 1)) is None


def test_hours_stop_where_their_validity_ends() -> None:
    found = hours("AL", weekly("MO", "08:00", "16:00", valid_from="2026-06-08", valid_to="2026-06-15"))
    opened = [day for day in (1, 8, 15, 22) if found.is_open(local("AL", f"2026-06-{day:02}T09:00"))]
    assert opened == [8, 15]


def test_an_imports_hours_come_first_then_the_listings_own_then_those_of_its_places() -> None:
    own, imported, of_place = (weekly("WE", f"{hour:02}:00", f"{hour + 1:02}:00") for hour in (8, 10, 12))
    detail: dict[str, Any] = {"schedules": [imported], "service_at_locations": [{"schedules": [of_place]}, "text"]}

    def opens(schedule: tuple[dict[str, Any], ...], told: dict[str, Any]) -> int | None:
        found = opening_hours_of("AL", always_open=False, schedule=schedule, detail=told)
        moment = found.next_opening(local("AL", "2026-06-03T00:00"))
        return moment.astimezone(ZoneInfo(ZONES["AL"])).hour if moment else None

    assert opens((own,), detail) == 10
    detail.pop("schedules")
    assert opens((own,), detail) == 8
    assert opens((), detail) == 12
    assert opens((), {"schedules": "always", "service_at_locations": None}) is None

"""Holds the tree of administrative units against what each country publishes of its own division."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.directory.domain.place_levels import LEVELS, rank_of

_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One place as it is kept."""

    code: str
    country: str
    level: str
    parent_code: str | None
    names: Mapping[str, str]
    latitude: float
    longitude: float
    official_codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Published:
    """What one country publishes: its source, its units by level, its languages, and the box it lies in.

    ``registers`` names for each level the official list in which every unit of it has a code.
    """

    source: str
    box: tuple[float, float, float, float]
    languages: Sequence[str]
    levels: Mapping[str, int]
    registers: Mapping[str, str] = field(default_factory=dict)


def faults_of(units: Sequence[Unit], published: Mapping[str, Published]) -> list[str]:
    """Return what is wrong, one sentence each; an empty list means that the tree is complete and sound."""
    return [
        *_wrong_counts(units, published),
        *_used_twice("code", (unit.code for unit in units)),
        *_official_codes_used_twice(units),
        *_broken_branches(units),
        *(fault for unit in units for fault in _wrong_in_itself(unit, published)),
    ]


def warnings_of(units: Sequence[Unit], published: Mapping[str, Published]) -> list[str]:
    """Return what is still wanting, one sentence for each country: units without a code of the register it names."""
    told = ((country, _without_code(units, country, of)) for country, of in sorted(published.items()))
    return [f"{country}: no official code for {'; '.join(wanting)}." for country, wanting in told if wanting]


def _without_code(units: Sequence[Unit], country: str, published: Published) -> list[str]:
    wanting = []
    for level, count in published.levels.items():
        register = published.registers.get(level)
        kept = [unit for unit in units if (unit.country, unit.level) == (country, level)]
        if register is None:
            wanting.append(f"{count} of level {level}, for which no register is named")
            continue
        without = [unit.code for unit in kept if not unit.official_codes.get(register)]
        if without:
            named = f": {', '.join(without)}" if len(without) <= _MOST_NAMED else ""
            wanting.append(f"{len(without)} of {len(kept)} of level {level} ({register}{named})")
    return wanting


def _wrong_counts(units: Sequence[Unit], published: Mapping[str, Published]) -> Iterator[str]:
    kept = Counter((unit.country, unit.level) for unit in units)
    expected = {
        (country, level): (count, told.source)
        for country, told in published.items()
        for level, count in told.levels.items()
    }
    for country, level in sorted(kept.keys() | expected.keys()):
        count, source = expected.get((country, level), (0, "no level of that name is published"))
        if kept[country, level] != count:
            yield f"{country} {level}: {kept[country, level]} are kept, {count} published ({source})."


def _used_twice(what: str, codes: Iterable[str]) -> Iterator[str]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield f"{code}: this {what} names {count} places."


def _official_codes_used_twice(units: Sequence[Unit]) -> Iterator[str]:
    return _used_twice(
        "official code", (f"{register} {code}" for unit in units for register, code in unit.official_codes.items())
    )


def _broken_branches(units: Sequence[Unit]) -> Iterator[str]:
    by_code = {unit.code: unit for unit in units}
    for unit in units:
        if unit.parent_code is None:
            continue
        parent = by_code.get(unit.parent_code)
        if parent is None:
            yield f"{unit.code}: the unit above it, {unit.parent_code}, does not exist."
        elif parent.country != unit.country:
            yield f"{unit.code}: the unit above it, {parent.code}, lies in another country."
        elif not _is_above(parent, unit):
            yield f"{unit.code}: the unit above it, {parent.code}, is of no higher level."
        if _runs_in_a_circle(unit, by_code):
            yield f"{unit.code}: lies in itself."


def _is_above(parent: Unit, unit: Unit) -> bool:
    if not {parent.level, unit.level} <= LEVELS:
        return True  # told by its count already
    return rank_of(parent.level, parent.country) < rank_of(unit.level, unit.country)


def _runs_in_a_circle(unit: Unit, by_code: Mapping[str, Unit]) -> bool:
    passed = {unit.code}
    code = unit.parent_code
    while code is not None and code in by_code:
        if code == unit.code:
            return True
        if code in passed:
            return False  # the circle is further up, and told there
        passed.add(code)
        code = by_code[code].parent_code
    return False


def _wrong_in_itself(unit: Unit, published: Mapping[str, Published]) -> Iterator[str]:
    told = published.get(unit.country)
    if told is None:
        yield f"{unit.code}: nothing is published for the country {unit.country}."
        return
    south, north, west, east = told.box
    if not (south <= unit.latitude <= north and west <= unit.longitude <= east):
        yield f"{unit.code}: its seat lies outside {unit.country}."
    missing = [language for language in told.languages if not unit.names.get(language)]
    if missing:
        yield f"{unit.code}: has no name in {', '.join(missing)}."

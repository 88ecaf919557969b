"""Runs what is compared in turns, and holds the figures against what was promised."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# Figures of one round by name: a rate per second, or milliseconds.
Round = Mapping[str, float]


class Void(Exception):
    """Something was answered wrongly, or not by whom it should be: the figures say nothing."""


@dataclass(frozen=True)
class Series:
    """The rounds of one contender."""

    rounds: Sequence[Round]

    def median(self, figure: str) -> float:
        """Return the median over the rounds."""
        return statistics.median(entry[figure] for entry in self.rounds)

    def spread(self, figure: str) -> tuple[float, float]:
        """Return the least and the most of all rounds."""
        values = [entry[figure] for entry in self.rounds]
        return min(values), max(values)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure and what it must not fall short of, or exceed."""

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool:
        """Say whether the promise holds."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one benchmark found."""

    name: str
    series: Mapping[str, Series]
    goals: Sequence[Goal] = ()
    notes: Mapping[str, object] = field(default_factory=dict)


def in_turns(contenders: Mapping[str, Callable[[], Round]], *, rounds: int) -> dict[str, Series]:
    """Run every contender once per round, in an order that turns around each time.

    Whatever else slows the machine then slows all of them alike. The first round only warms up and is not counted.
    """
    found: dict[str, list[Round]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        names = list(contenders) if number % 2 else list(contenders)[::-1]
        for name in names:
            measured = contenders[name]()
            if number:
                found[name].append(measured)
    return {name: Series(entries) for name, entries in found.items()}


def ratio(series: Mapping[str, Series], of: str, to: str, figure: str) -> float:
    """Return the median of the rounds' ratios: a round that was slow for both counts like any other."""
    pairs = zip(series[of].rounds, series[to].rounds, strict=True)
    return statistics.median(one[figure] / other[figure] for one, other in pairs)

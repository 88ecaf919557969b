"""Needs that no service met: what is counted of them, and which counts may be shown without pointing at a child."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

# Below this a count could be told apart from nobody: it is not shown.
SMALLEST_SHOWN = 5
# The same agency asking the same again within this time is not another child.
HEARD_FOR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class UnmetNeed:
    """One need of one search that found nothing."""

    month: date
    municipality: str
    term: str
    age_band: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A cell of the table: ``row`` is a municipality or an age band; ``count`` None is not shown."""

    row: str
    term: str
    count: int | None


@dataclass(frozen=True, kw_only=True)
class UnmetNeedTable:
    """A table fit to be shown, with its sums; None stands for a number that is not shown."""

    cells: tuple[Counted, ...]
    rows: dict[str, int | None]
    terms: dict[str, int | None]
    total: int | None


def safe_table(counted: Sequence[Counted]) -> UnmetNeedTable:
    """Return the table without small counts, nor anything from which one of them could be reckoned.

    Every line and column, that of the sums included, is an equation. As long as one of them would tell a hidden
    number, the smallest of its shown ones is hidden too, be it a sum.
    """
    grid = _with_sums({(cell.row, cell.term): cell.count or 0 for cell in counted})
    hidden = {place for place, number in grid.items() if number < SMALLEST_SHOWN}
    equations = [_equation(grid, axis, key) for axis in (0, 1) for key in sorted({place[axis] for place in grid})]
    while more := next(filter(None, (_next_to_hide(grid, hidden, *equation) for equation in equations)), None):
        hidden.add(more)
    shown = {place: None if place in hidden else number for place, number in grid.items()}
    return UnmetNeedTable(
        cells=tuple(replace(cell, count=shown[cell.row, cell.term]) for cell in counted),
        rows={place[0]: number for place, number in shown.items() if place[1] == _SUM != place[0]},
        terms={place[1]: number for place, number in shown.items() if place[0] == _SUM != place[1]},
        total=shown.get((_SUM, _SUM)),
    )


_Place = tuple[str, str]
_SUM = ""


def _with_sums(cells: Mapping[_Place, int]) -> dict[_Place, int]:
    grid: dict[_Place, int] = defaultdict(int, cells)
    for (row, term), number in cells.items():
        for place in ((row, _SUM), (_SUM, term), (_SUM, _SUM)):
            grid[place] += number
    return dict(grid)


def _equation(grid: Mapping[_Place, int], axis: int, key: str) -> tuple[list[_Place], _Place]:
    """Return the parts of a line (axis 0) or column (axis 1), and where their sum stands."""
    whole = (key, _SUM) if axis == 0 else (_SUM, key)
    return sorted(place for place in grid if place[axis] == key and place != whole), whole


def _next_to_hide(
    grid: Mapping[_Place, int], hidden: set[_Place], parts: Sequence[_Place], whole: _Place
) -> _Place | None:
    """Return what to hide next so that the equation tells no hidden number; None where it does not."""
    out = [place for place in parts if place in hidden]
    if whole in hidden:
        is_safe = bool(out)
    else:
        is_safe = not out or (len(out) > 1 and sum(grid[place] for place in out) >= SMALLEST_SHOWN)
    if is_safe:
        return None
    return min((place for place in parts if place not in hidden), key=lambda place: (grid[place], place), default=whole)

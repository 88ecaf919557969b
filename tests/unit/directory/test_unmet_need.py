"""Counts of unmet needs: what is small is not shown, and cannot be reckoned from what is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.directory.domain.need import age_band
from services.directory.domain.unmet_need import SMALLEST_SHOWN, Counted, UnmetNeedTable, safe_table

CELLS = st.dictionaries(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("vwxyz")), st.integers(1, 12), max_size=25)
Cells = dict[tuple[str, str], int]


def table_of(cells: Cells) -> UnmetNeedTable:
    return safe_table([Counted(row=row, term=term, count=count) for (row, term), count in sorted(cells.items())])


def equations(cells: Cells, table: UnmetNeedTable) -> list[tuple[list[tuple[int, bool]], tuple[int, bool]]]:
    """Each line and column as its parts and their sum: the number and whether it is shown."""
    shown = {(cell.row, cell.term): cell.count is not None for cell in table.cells}
    found = []
    for axis, sums in ((0, table.rows), (1, table.terms)):
        for key, told in sums.items():
            parts = [(count, shown[place]) for place, count in cells.items() if place[axis] == key]
            found.append((parts, (sum(count for count, _ in parts), told is not None)))
        wholes = [(sum(count for place, count in cells.items() if place[axis] == key), told is not None) for key, told in sums.items()]  # fmt: skip  # noqa: E501
        found.append((wholes, (sum(cells.values()), table.total is not None)))
    return found


@given(CELLS)
def test_nothing_small_is_shown_or_can_be_reckoned(cells: Cells) -> None:
    table = table_of(cells)
    for parts, whole in equations(cells, table):
        assert all(number >= SMALLEST_SHOWN for number, is_shown in (*parts, whole) if is_shown)
        hidden = [number for number, is_shown in parts if not is_shown]
        if whole[1]:
            assert not hidden or (len(hidden) > 1 and sum(hidden) >= SMALLEST_SHOWN)
        elif parts:
            assert hidden, "the sum could be added up"


@given(CELLS)
def test_what_is_shown_is_true(cells: Cells) -> None:
    table = table_of(cells)
    assert {(cell.row, cell.term) for cell in table.cells} == set(cells)
    assert all(cell.count in (None, cells[cell.row, cell.term]) for cell in table.cells)
    assert table.total in (None, sum(cells.values()))


def test_large_numbers_are_all_shown() -> None:
    table = table_of({("A", "v"): 7, ("A", "w"): 5, ("B", "v"): 9, ("B", "w"): 6})
    assert [cell.count for cell in table.cells] == [7, 5, 9, 6]
    assert (table.rows, table.terms, table.total) == ({"A": 12, "B": 15}, {"v": 16, "w": 11}, 27)


def test_one_small_number_takes_a_square_with_it() -> None:
    table = table_of({("A", "v"): 2, ("A", "w"): 8, ("B", "v"): 9, ("B", "w"): 6})
    assert [cell.count for cell in table.cells] == [None, None, None, None]
    assert table.total == 25


def test_an_empty_month_is_an_empty_table() -> None:
    assert table_of({}) == UnmetNeedTable(cells=(), rows={}, terms={}, total=None)


def test_ages_are_told_as_the_bands_of_referrals() -> None:
    assert [age_band(age) for age in (0, 5, 6, 14, 17, 24, 25, None)] == [
        "0-5", "0-5", "6-11", "12-14", "15-17", "18-24", "unknown", "unknown",
    ]  # fmt: skip

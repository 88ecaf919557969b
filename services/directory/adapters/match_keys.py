"""Names what a service is found by where somebody asks who can take a child: what it offers together with where.

A kind of help alone is offered by thousands, and so is any help in a city. One index over both together brings the few
that come into question without going through either.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable

from services.directory.adapters.geography import cell, cells_around

# Cells per degree. Half a degree is some 55 by 40 kilometres in the Balkans, for what lies near; two degrees are for
# what takes people from further off.
_NEAR, _WIDE = 2.0, 0.5
_MOST_CELLS = 256
_Point = tuple[float, float]


def match_keys(
    terms: Collection[str], serves: Iterable[str], points: Iterable[_Point], *, names_no_area: bool
) -> list[int]:
    """Return the keys of a service: one for each kind of help and area that it serves, or cell that it lies in.

    ``terms`` are its kinds of help with those above them, ``points`` its public places. One that names no area at some
    place of it is looked for from further off.
    """
    places = list(points)
    wheres = {*serves, *(_near(cell(*place, per_degree=_NEAR)) for place in places)}
    if names_no_area:
        wheres |= {_wide(cell(*place, per_degree=_WIDE)) for place in places}
    return _keys(wheres, terms)


def keys_asked(
    terms: Collection[str], areas: Iterable[str], around: _Point, *, near_km: float, wide_km: float
) -> list[int] | None:
    """Return the keys of which a service must have one; None where they would be too many.

    They find what serves one of the areas, what lies within ``near_km``, and what names no area and lies within
    ``wide_km``. They find more than that, for cells are no circles and two keys may be one number: whoever asks by them
    must judge what is found.
    """
    near = cells_around(around, near_km, most=_MOST_CELLS, per_degree=_NEAR)
    wide = cells_around(around, wide_km, most=_MOST_CELLS, per_degree=_WIDE)
    if near is None or wide is None:
        return None
    return _keys({*areas, *map(_near, near), *map(_wide, wide)}, terms)


def _near(code: str) -> str:
    return f"near {code}"


def _wide(code: str) -> str:
    return f"wide {code}"


def _keys(wheres: Iterable[str], terms: Collection[str]) -> list[int]:
    """Return numbers that stand for the texts: they keep rows narrow, and are compared faster."""
    # As PostgreSQL's integers are signed.
    return sorted({zlib.crc32(f"{where} {term}".encode()) - 2**31 for where in wheres for term in terms})

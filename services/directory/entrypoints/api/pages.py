"""Wraps public lists, whose entries are JSON texts already, into HSDS pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flask
import orjson

_USUAL_PAGE = 20
_LARGEST_PAGE = 100
_LARGEST_MINIMAL_PAGE = 10_000

ReadPage = Callable[[int, int], tuple[int, Sequence[str]]]


def page_of(read: ReadPage, *, page: int, per_page: int | None, minimal: bool = False) -> flask.Response:
    """Return one page; ``read`` takes offset and limit and gives the total and the entries as JSON.

    A page beyond the end is empty and says so; more entries than the largest page holds are not given.
    """
    size = page_size(per_page, minimal=minimal)
    total, contents = read((page - 1) * size, size)
    return json_of(page_text(total, contents, page=page, size=size))


def page_size(per_page: int | None, *, minimal: bool) -> int:
    """Return how many entries a page holds that was asked to hold so many; None where nothing was said of it.

    A minimal list holds all it can by itself: HSDS would have all services in one call.
    """
    if minimal:
        return min(per_page or _LARGEST_MINIMAL_PAGE, _LARGEST_MINIMAL_PAGE)
    return min(per_page or _USUAL_PAGE, _LARGEST_PAGE)


def page_text(total: int, contents: Sequence[str], *, page: int, size: int, **further: Any) -> str:
    """Return a page as JSON; ``further`` members stand beside those of HSDS."""
    pages = -(-total // size)
    envelope = {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        **further,
    }
    return f'{orjson.dumps(envelope).decode()[:-1]},"contents":[{",".join(contents)}]}}'


def json_of(text: str) -> flask.Response:
    """Return JSON that is ready to be sent."""
    return flask.Response(text, mimetype="application/json")

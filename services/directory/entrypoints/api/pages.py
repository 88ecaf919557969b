"""Wraps public lists into HSDS pages, or into lines of NDJSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import flask

LARGEST_PAGE = 100
LARGEST_MINIMAL_PAGE = 10_000
_LINES_PER_READ = 200

ReadPage = Callable[[int, int], tuple[int, Sequence[Any]]]


def page_of(read: ReadPage, *, page: int, per_page: int, largest: int = LARGEST_PAGE) -> flask.Response:
    """Return one page; ``read`` takes offset and limit and gives the total and the entries.

    A page beyond the end is empty and says so; more entries than the largest page holds are not given.
    """
    size = min(per_page, largest)
    total, contents = read((page - 1) * size, size)
    pages = -(-total // size)
    body = {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": list(contents),
    }
    return flask.jsonify(body)


def lines_of(read: ReadPage) -> flask.Response:
    """Return all entries, one JSON object per line."""

    def lines() -> Iterator[str]:
        offset = 0
        while True:
            total, contents = read(offset, _LINES_PER_READ)
            for entry in contents:
                yield json.dumps(entry, ensure_ascii=False) + "\n"
            offset += _LINES_PER_READ
            if offset >= total:
                return

    return flask.Response(lines(), mimetype="application/x-ndjson")

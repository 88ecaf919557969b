"""Says in the reader's language how far an import is, and which row and column of the file a fault is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import format_percent
from flask_babel import gettext as _

from services.portal import wording

# A column of HSDS may lead into what is nested, such as phones[0].number.
_STEP = re.compile(r"[/.\[]")
_LINE = re.compile(r"line (\d+)")


def install(app: Flask) -> None:
    """Give the functions to all templates."""
    app.jinja_env.globals.update(column_name=column_name, progress_of=progress_of, place_in_file=place_in_file)


def column_name(column: str, header: str | None = None) -> str:
    """Return a column's name as the form of a listing calls it, with the name in the file: its header, or our key."""
    words = wording.IMPORT_COLUMNS.get(_STEP.split(column, maxsplit=1)[0])
    return f"{words} ({header or column})" if words else header or column


def progress_of(found: Mapping[str, Any]) -> str:
    """Return how much of a file is read, and about how long the rest takes; nothing where that is not known."""
    read, size, left = found.get("bytes_read"), found.get("size"), found.get("seconds_left")
    if not read or not size or left is None:
        return ""
    told = _("Read: %(percent)s", percent=format_percent(read / size))
    minutes = -(-int(left) // 60)
    rest = _("About %(number)s min left", number=minutes)
    return f"{told} · {rest}" if minutes else told


def place_in_file(place: str) -> str:
    """Return where a row stands."""
    return _LINE.sub(lambda found: _("line %(number)s", number=found[1]), place)

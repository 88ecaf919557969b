"""Says in the reader's language what is wrong with a file or a row, and where in the file that is."""

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
    app.jinja_env.globals.update(
        fault_text=fault_text, column_name=column_name, progress_of=progress_of, place_in_file=place_in_file
    )


def fault_text(fault: Mapping[str, Any]) -> str:
    """Return what is wrong; what has no words of ours is said by the directory in the reader's language."""
    given = fault.get("params") or {}
    words = wording.IMPORT_FAULTS.get(str(fault["code"]))
    params = {
        name: ", ".join(map(column_name if name == "columns" else str, value))
        if isinstance(value, list)
        else str(value)
        for name, value in given.items()
    }
    try:
        return str(words) % params if words is not None else str(fault.get("text", ""))
    except KeyError:
        return str(fault.get("text", ""))


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

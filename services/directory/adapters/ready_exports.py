"""Keeps files of everything public ready on this machine's disk, and makes one anew only where something has changed.

A file is made from the public documents page by page, without a lock that a search or a change would wait for.
"""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, text

from services.directory.adapters.export_files import pieces_of
from services.directory.adapters.export_records import Exported
from services.directory.domain.imports import Format

# In other formats the files say what may change without the public documents: these are told as they are read.
READY = frozenset((Format.LINES, Format.JSON, Format.PACKAGE))
# Numbers are given without a gap, so this counts the changes that are committed, however late one came. A package holds
# taxonomies of feeds besides, of which no change is noted.
_STATE = text(
    "SELECT (SELECT coalesce(max(number), 0) FROM public_change)"
    " + (SELECT count(*) FROM public_change WHERE number IS NULL) AS changes,"
    " (SELECT coalesce(sum(hashtextextended(kind || id || document::text, 0)), 0) FROM kept_object"
    " WHERE kind IN ('taxonomy', 'taxonomy_term')) AS kept,"
    " mark AS noted, since, date_trunc('second', clock_timestamp()) AS now FROM public_state"
)
# Changes are committed later than they are dated, and several within a second: a state is dated when it is first seen,
# after the second that is running and after the state before it.
_SEEN = text(
    "UPDATE public_state SET mark = :mark, since = CASE WHEN mark = :mark THEN since"
    " ELSE greatest(date_trunc('second', clock_timestamp()), since) + interval '1 second' END RETURNING since"
)


@dataclass(frozen=True)
class PublicState:
    """Which state of everything public there is: a mark that no other state has, and since when it is the present one.

    Who got something at ``since`` or later got this state. A state that was seen just now is so only from the next
    second on, and ``last_modified`` is never later than now.
    """

    mark: str
    since: datetime
    last_modified: datetime


class ReadyExports:
    """The files of this process; the last one of each kind stays until it is out of date and asked for again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: dict[tuple[Format, str], tuple[str, Path]] = {}
        self._making = threading.Lock()

    def state(self) -> PublicState:
        """Return the present state; cheap enough to be asked by everybody who has a file already."""
        with self._engine.connect() as connection:
            row = connection.execute(_STATE).one()
            mark, since = f"{row.changes}.{row.kept}", row.since
            if mark != row.noted:
                since = connection.execute(_SEEN, {"mark": mark}).scalar_one()
                connection.commit()
        return PublicState(mark, since, min(since, row.now))

    def open(self, written: Format, version: str, state: PublicState) -> IO[bytes]:
        """Open the file of this state, or of one that is newer; whoever comes while it is made waits for it."""
        with self._making:
            mark, path = self._made.get((written, version), ("", None))
            if path is None or mark != state.mark:
                made = self._make(written, version)
                self._made[written, version] = (state.mark, made)
                if path is not None:
                    path.unlink(missing_ok=True)
                path = made
            return path.open("rb")

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="lidhja-exports-")

    def _make(self, written: Format, version: str) -> Path:
        handle, name = tempfile.mkstemp(dir=self._folder.name)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces_of(Exported(self._engine, None), written, version):
                    file.write(piece)
        except BaseException:
            Path(name).unlink()
            raise
        return Path(name)

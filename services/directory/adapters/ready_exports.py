"""Keeps files of everything public ready on this machine's disk, and makes one anew only where something has changed.

A file is made from the public documents page by page, without a lock that a search or a change would wait for. It has
no name, so that it is gone with its process; and it goes within a minute after something has changed, for it may tell
of a place that is hidden now.
"""

from __future__ import annotations

import io
import os
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.directory.adapters.export_files import pieces_of
from services.directory.adapters.export_records import Exported
from services.directory.domain.imports import Format

# In other formats the files say what may change without the public documents: these are told as they are read.
READY = frozenset((Format.LINES, Format.JSON, Format.PACKAGE))
_LOOKED_AFTER_SECONDS = 60
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
    """The files of this process; the last one of each kind stays until it is out of date."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: dict[tuple[Format, str], tuple[str, IO[bytes]]] = {}
        self._making = threading.Lock()
        self._is_looked_after = False

    def state(self) -> PublicState:
        """Return the present state; cheap enough to be asked by everybody who has a file already."""
        with self._engine.connect() as connection:
            row = connection.execute(_STATE).one()
            mark, since = f"{row.changes}.{row.kept}", row.since
            if mark != row.noted:
                since = connection.execute(_SEEN, {"mark": mark}).scalar_one()
                connection.commit()
        return PublicState(mark, since, min(since, row.now))

    def open(self, written: Format, version: str, state: PublicState) -> io.RawIOBase:
        """Open the file of this state, or of one that is newer; whoever comes while it is made waits for it."""
        with self._making:
            mark, file = self._made.get((written, version), ("", None))
            if file is None or mark != state.mark:
                file = self._make(written, version)
                self._made[written, version] = (state.mark, file)
                self._look_after()
            return _Reading(file)

    def drop_outdated(self) -> None:
        """Let go of all files that tell of another state than the present one; who reads one reads it to its end."""
        try:
            mark = self.state().mark
        except SQLAlchemyError:
            # Whether they are out of date, nobody can say then.
            mark = ""
        with self._making:
            self._made = {kind: made for kind, made in self._made.items() if made[0] == mark}

    def _look_after(self) -> None:
        """Look after the files in a while, and again as long as there are some; call it while they are held."""
        if self._is_looked_after or not self._made:
            return
        timer = threading.Timer(_LOOKED_AFTER_SECONDS, self._look)
        timer.daemon = True
        timer.start()
        self._is_looked_after = True

    def _look(self) -> None:
        self.drop_outdated()
        with self._making:
            self._is_looked_after = False
            self._look_after()

    def _make(self, written: Format, version: str) -> IO[bytes]:
        file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the last who knows it
        for piece in pieces_of(Exported(self._engine, None), written, version):
            file.write(piece)
        file.flush()
        return file


class _Reading(io.RawIOBase):
    """A file that several read at once, each from its beginning."""

    def __init__(self, file: IO[bytes]) -> None:
        self._descriptor = os.dup(file.fileno())
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = os.pread(self._descriptor, len(buffer), self._position)
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

"""Lets the database take in rows while the next are worked out: COPY goes on in a thread, all else waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, event


def write_behind(connection: Connection) -> None:
    """From now on, do not wait for COPY; whatever else is done on the connection does, its commit included.

    A fault is raised where it is waited for: by the next statement, or by the commit, which then does not happen. It
    takes a transaction, for only its end is certain to wait.
    """
    if not connection.in_transaction():
        raise RuntimeError("there is no transaction whose end could wait")
    copying = _Copying()
    event.listen(connection, "before_cursor_execute", lambda *_: copying.wait())
    event.listen(connection, "commit", partial(_wait_or_undo, copying))
    event.listen(connection, "rollback", lambda _: copying.join())
    _behind[connection] = copying


def _wait_or_undo(copying: _Copying, connection: Connection) -> None:
    try:
        copying.wait()
    except Exception:
        # A commit that fails ends the transaction; nobody rolls back after it.
        with suppress(connection.engine.dialect.loaded_dbapi.Error):
            connection.engine.dialect.do_rollback(connection.connection)
        raise


def copy(connection: Connection, work: Callable[[], None]) -> None:
    """Do this work on the connection: in a thread where that was asked for, or now."""
    copying = _behind.get(connection)
    if copying is None:
        work()
    else:
        copying.start(work)


class _Copying:
    """Pieces of work one after the other, for that is how a connection works."""

    def __init__(self) -> None:
        self._worker: ThreadPoolExecutor | None = None
        self._fault: Exception | None = None

    def start(self, work: Callable[[], None]) -> None:
        if self._worker is None:
            self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copy")
        self._worker.submit(self._run, work)

    def wait(self) -> None:
        """Wait until all is through; raises what went wrong, and only once."""
        self.join()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def join(self) -> None:
        """Wait, whatever comes of it."""
        if self._worker is not None:
            self._worker.shutdown()
            self._worker = None

    def _run(self, work: Callable[[], None]) -> None:
        if self._fault is None:
            try:
                work()
            except Exception as fault:
                self._fault = fault


_behind: WeakKeyDictionary[Connection, _Copying] = WeakKeyDictionary()

"""Works through the import that waits, as the worker does, and prints how long it took and what memory it held."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import text

from chassis.clock import SystemClock
from chassis.database import make_engine
from services.directory.bootstrap import Directory
from services.directory.entrypoints.worker import collect_seldom

_SECONDS_BETWEEN_LOOKS = 0.2
# How far the import is, and the most memory that was held until then.
Look = tuple[int, float]


def main(url: str) -> None:
    """Do it and print the figures as JSON."""
    collect_seldom()
    directory = Directory(engine=make_engine(url), clock=SystemClock())
    with _looks(directory) as looks:
        started = time.perf_counter()
        directory.run_next_import()
        seconds = time.perf_counter() - started
    end, most = looks[-1]
    quarter = next(held for position, held in looks if position >= end / 4)
    json.dump({"seconds": seconds, "quarter_mb": quarter, "end_mb": most}, sys.stdout)


@contextmanager
def _looks(directory: Directory) -> Iterator[list[Look]]:
    """Look now and then, from a thread, until the block ends."""
    found: list[Look] = []
    over = threading.Event()

    def look() -> None:
        before = found[-1][1] if found else 0.0
        found.append((_position(directory), max(before, _held())))

    def watch() -> None:
        while not over.wait(_SECONDS_BETWEEN_LOOKS):
            look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()
        look()


def _position(directory: Directory) -> int:
    with directory.reading.connect() as connection:
        return connection.scalar(text("SELECT max(position) FROM import_job")) or 0


def _held() -> float:
    """Return the most megabytes that this process and its other processes have held, as far as they are there."""
    held = 0
    for pid in (os.getpid(), *(child.pid for child in multiprocessing.active_children())):
        with suppress(OSError, StopIteration):
            status = Path(f"/proc/{pid}/status").read_text()
            held += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    return held / 1024


if __name__ == "__main__":
    main(sys.argv[1])

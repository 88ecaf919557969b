"""Runs a part of a long work in a process of its own, so that it uses a processor of its own."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol

# From a process with threads nothing may be forked.
_context = get_context("spawn")


class Pipe(Protocol):
    """One end of the way between two processes. What is sent waits until the other side takes it."""

    def send(self, told: Any) -> None:
        """Send what can be pickled."""
        ...

    def recv(self) -> Any:
        """Wait for the next; raises EOFError once the other side is gone."""
        ...


class Lost(ConnectionError):
    """The other process ended before its work did: it was killed, or there was no memory left for it."""


@contextmanager
def own_process(work: Callable[..., None], *given: Any) -> Iterator[Connection]:
    """Run ``work(pipe, *given)`` beside the block and yield the other end of the pipe; with the block the process ends.

    It ends by itself, too, when the one that began it is killed. ``work`` is a function of a module, and what it is
    ``given`` can be pickled. Nobody is told what goes wrong in it but through the pipe.
    """
    here, there = _context.Pipe()
    process = _context.Process(target=_run, args=(gc.get_threshold(), work, there, *given), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        # In this order: whoever waits at the pipe is told that there is nothing to come.
        process.terminate()
        process.join()
        here.close()


def received(pipe: Pipe) -> Any:
    """Return what the other process sends next; raises what it sends as an exception, and Lost where it is gone."""
    with _told_as_lost():
        told = pipe.recv()
    if isinstance(told, Exception):
        raise told
    return told


def answer_of(pipe: Pipe, asked: Any) -> Any:
    """Send something and return what comes back, as ``received`` does."""
    with _told_as_lost():
        pipe.send(asked)
    return received(pipe)


@contextmanager
def _told_as_lost() -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError):
        raise Lost from None


def _run(collecting: tuple[int, int, int], work: Callable[..., None], pipe: Connection, *given: Any) -> None:
    gc.set_threshold(*collecting)
    # Ctrl-C reaches every process of a terminal; the one that began this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, ConnectionError):
        work(pipe, *given)
    # Without the farewells of threads and libraries: they could wait for somebody who is gone.
    os._exit(0)

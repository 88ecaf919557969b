"""Finds free ports for servers that tests start, below those that the kernel hands out to outgoing connections."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from contextlib import ExitStack

_FIRST, _LAST, _STEP = 21_000, 31_000, 50
_PLACES = 100


def free_base(offsets: Iterable[int]) -> int:
    """Return a number from which all these ports are free.

    Runs side by side begin to look in different places, for what is free now may be taken by another a moment later.
    """
    first = _FIRST + os.getpid() % _PLACES * _STEP
    wanted = list(offsets)
    for base in range(first, _LAST, _STEP):
        if _are_free([base + offset for offset in wanted]):
            return base
    raise AssertionError(f"no {len(wanted)} ports are free from {first} on")


def _are_free(ports: list[int]) -> bool:
    with ExitStack() as stack:
        try:
            for port in ports:
                probe = stack.enter_context(socket.socket())
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

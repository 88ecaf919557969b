"""A gunicorn worker that leaves a new connection to another one while it holds more of them itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvloop
from gunicorn.workers.gasgi import ASGIWorker  # type: ignore[import-untyped]

from chassis.logs import get_logger

# How long a worker lets others be first, for each connection that it holds, and at most.
_SECONDS_FOR_EACH, _MOST_SECONDS = 0.0005, 0.01
_SECONDS_WITHOUT_ROOM = 1.0
_logger = get_logger(__name__)


class EvenWorker(ASGIWorker):  # type: ignore[misc]
    """gunicorn's worker for ASGI, on uvloop.

    All workers wait at one socket, and whichever is woken first takes the connection. Of a burst that was often the
    same one: it then worked for all callers, who keep their connections, while the others had nothing to do.
    """

    def _setup_event_loop(self) -> None:
        self.loop = _EvenLoop(self._rest) if self.cfg.workers > 1 and not self.cfg.is_ssl else uvloop.new_event_loop()
        asyncio.set_event_loop(self.loop)

    def _rest(self) -> float:
        held: int = self.nr_conns
        return min(_MOST_SECONDS, (held + 1) * _SECONDS_FOR_EACH)


class _EvenLoop(uvloop.Loop):
    def __init__(self, rest: Callable[[], float]) -> None:
        super().__init__()
        self._rest = rest

    async def create_server(  # type: ignore[override]
        self, protocol_factory: Any, *, sock: socket.socket, **_options: Any
    ) -> Any:
        """Listen as gunicorn asks it to, at a socket that it has opened."""
        return _Listener(self, sock, protocol_factory, self._rest)


class _Listener:
    """Takes one connection after the other from a socket that other processes listen at as well."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, protocol_factory: Any, rest: Callable[[], float]
    ) -> None:
        self._loop, self._socket, self._protocol_factory, self._rest = loop, sock, protocol_factory, rest
        self._opening: set[asyncio.Task[Any]] = set()
        self._waiting: asyncio.TimerHandle | None = None
        self._socket.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Take no more connections; those that are open stay so."""
        self._loop.remove_reader(self._socket.fileno())
        if self._waiting is not None:
            self._waiting.cancel()

    async def wait_closed(self) -> None:
        """Return at once: nothing is left to wait for."""

    def _listen(self) -> None:
        self._waiting = None
        self._loop.add_reader(self._socket.fileno(), self._accept)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            # Another worker was faster, or the caller has gone.
            return
        except OSError as error:
            _logger.error("no connection can be taken", extra={"fields": {"error": type(error).__name__}})
            self._rest_for(_SECONDS_WITHOUT_ROOM)
            return
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opening = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol_factory, connection))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        self._rest_for(self._rest())

    def _rest_for(self, seconds: float) -> None:
        self.close()
        self._waiting = self._loop.call_later(seconds, self._listen)

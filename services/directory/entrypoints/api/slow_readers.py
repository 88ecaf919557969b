"""Breaks off an answer that is taken too slowly, so that nobody holds a thread or a transaction by not reading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from chassis.logs import get_logger
from chassis.wsgi_bridge import AnswerBrokenOff

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# What goes out at once: of a larger piece nobody would see whether any of it is being read.
_PIECE = 64 * 1024
_BODY = "http.response.body"
_logger = get_logger(__name__)


class SlowReaderMiddleware:
    """ASGI middleware around everything: how many bytes a second a reader must take at least.

    Only the time in which an answer waits for its reader counts, so a busy server breaks nobody off. Whoever pauses has
    ``patience`` seconds, which reading earns anew; then the connection is cut, so that the answer cannot be taken for
    whole.
    """

    def __init__(
        self, app: Callable[..., Awaitable[None]], *, bytes_per_second: float, patience_seconds: float
    ) -> None:
        self._app = app
        self._bytes_per_second = bytes_per_second
        self._patience = patience_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; anything but HTTP is passed on untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        paced = _Paced(send, self._bytes_per_second, self._patience)
        try:
            await self._app(scope, receive, paced.send)
        except AnswerBrokenOff:
            paced.is_broken_off = True
        if paced.is_broken_off:
            _logger.warning("answer broken off before its end")
            _cut(receive)


class _Paced:
    """One answer on its way to its reader."""

    def __init__(self, send: Send, bytes_per_second: float, patience: float) -> None:
        self._send = send
        self._bytes_per_second = bytes_per_second
        self._patience = patience
        self._left = patience
        self._has_begun = False
        self.is_broken_off = False

    async def send(self, message: Message) -> None:
        """Pass a message on; raises AnswerBrokenOff where its reader has used up all patience."""
        if self.is_broken_off:
            raise AnswerBrokenOff
        if message["type"] != _BODY or self._is_short_answer(message):
            # Neither holds a thread or a transaction, and a clock for each would take longer than to send it.
            await self._send(message)
            return
        body = message.get("body", b"")
        for start in range(0, len(body) or 1, _PIECE):
            is_last = start + _PIECE >= len(body)
            piece = {**message, "body": body[start : start + _PIECE]}
            await self._send_in_time(piece if is_last else {**piece, "more_body": True}, len(piece["body"]))

    def _is_short_answer(self, message: Message) -> bool:
        is_first, self._has_begun = not self._has_begun, True
        return is_first and not message.get("more_body", False) and len(message.get("body", b"")) <= _PIECE

    async def _send_in_time(self, message: Message, size: int) -> None:
        self._left += size / self._bytes_per_second
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._left):
                await self._send(message)
        except TimeoutError:
            self.is_broken_off = True
            raise AnswerBrokenOff from None
        self._left = min(self._patience, self._left - (time.monotonic() - started))


def _cut(receive: Receive) -> None:
    """Cut the connection where the server shows it; a mere end would wait until the reader has taken what is written.

    gunicorn's ``receive`` is a method of what reads the body, which knows the connection. Where that is otherwise, the
    server closes it by itself, for the answer is not complete.
    """
    protocol = getattr(getattr(receive, "__self__", None), "protocol", None)
    abort = getattr(getattr(protocol, "transport", None), "abort", None)
    if abort is not None:
        abort()

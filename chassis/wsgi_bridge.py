"""Hands a request to Flask in a thread and its answer back, changing between thread and loop no more than it must."""

from __future__ import annotations

import asyncio
import contextvars
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from a2wsgi.wsgi import Body, WSGIMiddleware, WSGIResponder, build_environ

from chassis.turns import Turns

_START, _BODY = "http.response.start", "http.response.body"
# A body up to this length is read before a thread is asked; a longer one, such as a file, the thread reads in pieces.
_MOST_READ_AHEAD = 1024 * 1024
# As a2wsgi's; it types each kind of message apart.
Message = Any


class AnswerBrokenOff(BaseException):
    """Nobody takes the rest of the answer; whoever writes it may stop.

    No failure, so that no layer on the way answers it as one.
    """


def bridge_whole_answers(app: Any, at_once: int | None) -> None:
    """Have a Connexion application over Flask use this bridge; before its first request."""
    app._middleware_app.asgi_app = FlaskBridge(app.app.wsgi_app, at_once=at_once)


class FlaskBridge(WSGIMiddleware):
    """a2wsgi's bridge, but for bodies that are short and answers whose length is known.

    For each piece that it takes or gives, the bridge has the thread and the event loop change places, which takes
    longer than most answers. A short body and a whole answer need no change but the thread's own beginning and end.
    ``at_once`` is how many requests are worked on before others wait for their turn; None stands for no such number.
    """

    def __init__(self, app: Any, *, at_once: int | None = None) -> None:
        super().__init__(app)
        self._turns = Turns(at_once) if at_once else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await _Responder(self._turns, self.app, self.executor, self.send_queue_size)(scope, receive, send)


@dataclass(frozen=True)
class _Rest:
    """What is still to come of an answer that is streamed."""

    first: bytes
    pieces: Iterator[bytes]
    close: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        yield self.first
        yield from self.pieces


class _Responder(WSGIResponder):
    def __init__(self, turns: Turns | None, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._turns = turns
        self._head: Message = None
        self._is_broken_off = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        environ = build_environ(scope, await _body_of(scope, receive, self.loop))
        turn = await self._turns.take() if self._turns else None
        # What a handler has put there must be there for the rest of its answer too.
        context = contextvars.copy_context()
        beginning = self.executor.submit(context.run, self._begin, environ)
        try:
            begun = await asyncio.wrap_future(beginning)
        except asyncio.CancelledError:
            # A thread that has begun cannot be stopped, and what it has opened must be closed.
            beginning.add_done_callback(self._give_up)
            raise
        finally:
            if turn is not None:
                turn.end()
        if isinstance(begun, _Rest):
            await self._send_rest(begun, context, send)
        else:
            await send(self._head)
            await send({"type": _BODY, "body": begun})

    async def _send_rest(self, rest: _Rest, context: contextvars.Context, send: Any) -> None:
        self.send_queue.put_nowait(self._head)
        sender = asyncio.create_task(self.sender(send))
        sender.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            await asyncio.shield(self.loop.run_in_executor(self.executor, context.run, self._stream, rest))
            await self.send_queue.put(None)
            await sender
        finally:
            sender.cancel()

    def _give_up(self, begun: Future[bytes | _Rest]) -> None:
        if not begun.cancelled() and begun.exception() is None and isinstance(rest := begun.result(), _Rest):
            self.executor.submit(rest.close)

    def _begin(self, environ: Any) -> bytes | _Rest:
        """Have Flask answer; return the whole body, or what is known of one whose length is not."""
        answer: Iterable[bytes] = self.app(environ, self.start_response)
        close = getattr(answer, "close", lambda: None)
        pieces = iter(answer)
        try:
            first = next(pieces, b"")
        except BaseException:
            close()
            raise
        if len(first) != _declared_length(self._head):
            return _Rest(first, pieces, close)
        close()
        return first

    def _stream(self, rest: _Rest) -> None:
        try:
            for piece in rest:
                self.send({"type": _BODY, "body": piece, "more_body": True})
            self.send({"type": _BODY, "body": b""})
        finally:
            rest.close()

    def start_response(self, status: str, response_headers: Any, exc_info: Any = None) -> Any:
        """Keep the head until the first piece is there; Flask gives its answers piece by piece, never by ``write``."""
        self.exc_info = exc_info
        headers = [
            (name.strip().encode("latin1").lower(), value.strip().encode("latin1")) for name, value in response_headers
        ]
        self._head = {"type": _START, "status": int(status.split(" ", 1)[0]), "headers": headers}

    async def sender(self, send: Any) -> None:
        """Pass on what the thread gives; where that ends early, the thread must not wait for a place for ever."""
        try:
            await super().sender(send)
        except BaseException:
            self._is_broken_off = True
            # One piece waits for a place at the most; whatever the thread gives after that is refused.
            while not self.send_queue.empty():
                self.send_queue.get_nowait()
            raise

    def send(self, message: Message) -> None:
        """Give a piece when there is a place for it; raises AnswerBrokenOff where nobody takes them any more."""
        super().send(message)
        if self._is_broken_off:
            raise AnswerBrokenOff


async def _body_of(scope: Any, receive: Any, loop: asyncio.AbstractEventLoop) -> Any:
    length = _declared_length(scope) or 0
    if length > _MOST_READ_AHEAD:
        return Body(loop, receive)
    body, is_more = io.BytesIO(), length > 0
    while is_more:
        message = await receive()
        body.write(message.get("body", b""))
        is_more = message.get("more_body", False)
    body.seek(0)
    return body


def _declared_length(head: Any) -> int | None:
    return next((int(value) for name, value in head["headers"] if name == b"content-length"), None)

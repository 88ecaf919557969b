"""Hands a finished answer from Flask's thread to the event loop in one go; one that is streamed goes piece by piece."""

from __future__ import annotations

import asyncio
from typing import Any

from a2wsgi.wsgi import WSGIMiddleware, WSGIResponder

_START, _BODY = "http.response.start", "http.response.body"
# As a2wsgi's; it types each kind of message apart.
Message = Any


class AnswerBrokenOff(BaseException):
    """Nobody takes the rest of the answer; whoever writes it may stop.

    No failure, so that no layer on the way answers it as one.
    """


def bridge_whole_answers(app: Any) -> None:
    """Have a Connexion application over Flask use this bridge; before its first request."""
    app._middleware_app.asgi_app = FlaskBridge(app.app.wsgi_app)


class FlaskBridge(WSGIMiddleware):
    """a2wsgi's bridge, but for answers whose length is known.

    The bridge waits for the event loop at the head, at the body and at the end of every answer; each time the thread
    and the loop change places, which takes longer than most answers.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await _Responder(self.app, self.executor, self.send_queue_size)(scope, receive, send)


class _Responder(WSGIResponder):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._held: list[Message] = []
        self._is_whole = False
        self._is_broken_off = False

    async def sender(self, send: Any) -> None:
        """Pass on what the thread gives; where that ends early, the thread must not wait for a place for ever."""
        task = asyncio.current_task()
        assert task is not None, "it is run as a task"
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            await super().sender(send)
        except BaseException:
            self._is_broken_off = True
            # One piece waits for a place at the most; whatever the thread gives after that is refused.
            while not self.send_queue.empty():
                self.send_queue.get_nowait()
            raise

    def send(self, message: Message) -> None:
        """Hold the head; with the whole body behind it both go together, else each piece goes when it comes.

        Raises AnswerBrokenOff where nobody takes the pieces any more, so that the answer is closed.
        """
        self._pass_on(message)
        if self._is_broken_off:
            raise AnswerBrokenOff

    def _pass_on(self, message: Message) -> None:
        if message["type"] == _START:
            self._held.append(message)
        elif self._held and len(message["body"]) == _declared_length(self._held[0]):
            self._is_whole = True
            whole = [*self._held, {**message, "more_body": False}]
            self.loop.call_soon_threadsafe(self._put_all, whole)
            self._held = []
        elif not self._is_whole:
            for held in self._held:
                super().send(held)
            self._held = []
            super().send(message)

    def _put_all(self, messages: list[Message]) -> None:
        # Two messages at the start of a queue that holds ten.
        for message in messages:
            self.send_queue.put_nowait(message)


def _declared_length(head: Message) -> int | None:
    return next((int(value) for name, value in head["headers"] if name == b"content-length"), None)

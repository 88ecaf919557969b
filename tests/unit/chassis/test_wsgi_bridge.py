"""Between ASGI and Flask: whole answers go in one piece, streamed ones in several, and what was opened is closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis import turns
from chassis.wsgi_bridge import AnswerBrokenOff, FlaskBridge

SCOPE: dict[str, Any] = {
    "type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1", "headers": [],
}  # fmt: skip
_PATIENCE = 10


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: a browser of other tests may have a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Streamed:
    """A WSGI application whose answer says no length, and that knows when it was closed."""

    def __init__(self, pieces: int = 3) -> None:
        self.pieces = pieces
        self.given = 0
        self.closed = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_asked = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        self.is_asked.set()
        assert self.may_answer.wait(_PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.given == self.pieces:
            raise StopIteration
        self.given += 1
        return b"piece"

    def close(self) -> None:
        self.closed.set()


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer whole with the body that was sent."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def request(*bodies: bytes) -> tuple[dict[str, Any], Callable[[], Any]]:
    """Return scope and ``receive`` of a request whose body comes in these pieces."""
    coming = list(bodies)
    length = str(sum(map(len, bodies))).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": coming.pop(0), "more_body": bool(coming)}

    return {**SCOPE, "headers": [(b"content-length", length)] if bodies else []}, receive


async def answer(app: Any, *bodies: bytes) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await FlaskBridge(app)(*request(*bodies), send)
    return messages


@pytest.mark.parametrize("size", [5, 3 * 1024 * 1024])
def test_a_body_arrives_whole_whether_it_is_short_or_long(size: int) -> None:
    pieces = [b"x" * size, b"y" * size, b"z"]
    head, body = run(answer(echo, *pieces))
    assert head["status"] == 200
    assert body == {"type": "http.response.body", "body": b"".join(pieces)}


def test_an_answer_of_known_length_goes_in_one_piece() -> None:
    head, body = run(answer(echo))
    assert (head["type"], head["headers"]) == ("http.response.start", [(b"content-length", b"0")])
    assert body == {"type": "http.response.body", "body": b""}


def test_an_answer_of_unknown_length_goes_piece_by_piece_and_is_closed() -> None:
    app = Streamed(pieces=3)
    _, *bodies = run(answer(app))
    assert [(part["body"], part.get("more_body", False)) for part in bodies] == [(b"piece", True)] * 3 + [(b"", False)]
    assert app.closed.is_set()


def test_an_answer_without_end_is_closed_when_nobody_takes_it() -> None:
    app = Streamed(pieces=-1)

    async def send(message: dict[str, Any]) -> None:
        if app.given > 5:
            raise AnswerBrokenOff

    async def ask() -> None:
        with pytest.raises(AnswerBrokenOff):
            await FlaskBridge(app)(*request(), send)

    run(ask())
    assert app.closed.wait(_PATIENCE)


def test_an_answer_without_end_is_closed_when_its_reader_leaves() -> None:
    app = Streamed(pieces=-1)

    async def ask() -> None:
        is_read = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            is_read.set()

        task = asyncio.create_task(FlaskBridge(app)(*request(), send))
        await is_read.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(app.closed.wait, _PATIENCE)

    run(ask())


def test_what_is_opened_for_a_reader_who_left_before_is_closed() -> None:
    app = Streamed()
    app.may_answer.clear()

    async def ask() -> None:
        async def send(message: dict[str, Any]) -> None:
            raise AssertionError("nothing is sent to who has left")

        task = asyncio.create_task(FlaskBridge(app)(*request(), send))
        assert await asyncio.to_thread(app.is_asked.wait, _PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        app.may_answer.set()
        assert await asyncio.to_thread(app.closed.wait, _PATIENCE)

    run(ask())


def test_what_fails_on_the_way_is_closed_and_raised() -> None:
    class Broken(Streamed):
        def __next__(self) -> bytes:
            raise ValueError("broken")

    app = Broken()
    with pytest.raises(ValueError, match="broken"):
        run(answer(app))
    assert app.closed.is_set()


class Counted:
    """A WSGI application that answers each request when it may, and knows how many it works on."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_answer = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.begun.append(environ["PATH_INFO"])
        assert self.may_answer.acquire(timeout=_PATIENCE)
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)


def _asked(bridge: FlaskBridge, path: str) -> asyncio.Task[None]:
    async def send(message: dict[str, Any]) -> None:
        pass

    scope, receive = request()
    return asyncio.create_task(bridge({**scope, "path": path}, receive, send))


def test_two_at_once_are_worked_on_and_the_others_follow_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGEST_SECONDS", _PATIENCE)
    app = Counted()

    async def ask() -> None:
        bridge = FlaskBridge(app, at_once=2)
        asked = [_asked(bridge, f"/{number}") for number in range(5)]
        for begun in (2, 3, 4, 5):
            await _until(lambda expected=begun: len(app.begun) >= expected)  # type: ignore[misc]
            assert app.begun == [f"/{number}" for number in range(begun)]
            app.may_answer.release()
        app.may_answer.release()
        await asyncio.gather(*asked)

    run(ask())


def test_what_lasts_long_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGEST_SECONDS", 0.01)
    app = Counted()

    async def ask() -> None:
        bridge = FlaskBridge(app, at_once=1)
        asked = [_asked(bridge, f"/{number}") for number in range(3)]
        await _until(lambda: len(app.begun) == 3)
        app.may_answer.release(3)
        await asyncio.gather(*asked)
        # None of them has ended twice: there is one turn, as before.
        monkeypatch.setattr(turns, "_LONGEST_SECONDS", _PATIENCE)
        asked = [_asked(bridge, "/later"), _asked(bridge, "/last")]
        await _until(lambda: app.begun[3:] == ["/later"])
        for _ in range(100):
            await asyncio.sleep(0)
        assert app.begun[3:] == ["/later"]
        app.may_answer.release(2)
        await asyncio.gather(*asked)

    run(ask())


def test_whoever_leaves_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGEST_SECONDS", _PATIENCE * 2)
    app = Counted()

    async def ask() -> None:
        bridge = FlaskBridge(app, at_once=1)
        first, waiting, last = (_asked(bridge, path) for path in ("/first", "/waiting", "/last"))
        await _until(lambda: app.begun == ["/first"])
        waiting.cancel()
        first.cancel()
        await _until(lambda: app.begun == ["/first", "/last"])
        app.may_answer.release(2)
        await last

    run(ask())

"""ASGI middleware around every service: correlation id, token verifier, body limit and request log."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from chassis import metrics
from chassis.auth import TokenVerifier, use_verifier
from chassis.correlation import HEADER, correlation
from chassis.logs import get_logger
from chassis.problems import BODY_TOO_LARGE, INTERNAL_ERROR, MALFORMED_REQUEST, MEDIA_TYPE, NOT_FOUND, Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_logger = get_logger(__name__)
_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class EdgeMiddleware:
    """The layer of an API process that every request comes to first."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        verifier: TokenVerifier,
        max_body_bytes: int,
        file_uploads: Mapping[str, int] | None = None,
    ) -> None:
        """``file_uploads`` names the paths that take larger bodies, of declared length, and how large."""
        self._app = app
        self._service = service
        self._verifier = verifier
        self._max_body_bytes = max_body_bytes
        self._file_uploads = dict(file_uploads or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; anything but HTTP is passed on untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        with correlation(headers.get(HEADER.lower())) as correlation_id:
            use_verifier(self._verifier)
            exchange = _Exchange(send, correlation_id)
            try:
                await self._handle(scope, headers, receive, exchange)
            finally:
                self._account_for(scope, exchange)

    async def _handle(self, scope: Scope, headers: dict[str, str], receive: Receive, exchange: _Exchange) -> None:
        if not scope["path"].isprintable():
            # A line break in a path means one route to one framework and another to the next.
            await exchange.problem(Problem(MALFORMED_REQUEST, "The address holds a control character."))
            return
        if "//" in scope["path"]:
            # Flask would skip slashes that are too many, and find what the router before it did not.
            await exchange.problem(Problem(NOT_FOUND))
            return
        if not _is_text(scope.get("query_string", b"")):
            # Read leniently it would ask for something else than was meant, or for nothing and so for everything.
            await exchange.problem(Problem(MALFORMED_REQUEST, "The address holds bytes that are not UTF-8."))
            return
        if scope["path"].endswith("/") and scope["path"] != "/":
            await exchange.lead_on(scope)
            return
        declared = headers.get("content-length", "")
        if declared and not declared.isdigit():
            await exchange.problem(Problem(MALFORMED_REQUEST, "Content-Length is not a number."))
            return
        limit = self._max_body_bytes
        if declared and scope["method"] == "POST":
            limit = max(limit, self._file_uploads.get(scope["path"], 0))
        if declared.isdigit() and int(declared) > limit:
            await exchange.problem(_too_large(limit))
            return
        limited = _limited(receive, limit)
        try:
            if not declared and "transfer-encoding" in headers:
                scope, limited = await _with_declared_length(scope, limited)
            await self._app(scope, limited, exchange.send)
        except _BodyTooLarge:
            await exchange.problem(_too_large(limit))
        except Exception as error:
            _logger.error("request failed", exc_info=error, extra={"fields": {"error": type(error).__name__}})
            await exchange.problem(Problem(INTERNAL_ERROR))

    def _account_for(self, scope: Scope, exchange: _Exchange) -> None:
        seconds = time.perf_counter() - exchange.started
        operation = exchange.operation or "unrouted"
        metrics.observe_request(self._service, scope["method"], operation, exchange.status, seconds)
        # The path is left out: it may hold what somebody typed. The operation's name says enough.
        fields = {
            "method": scope["method"],
            "operation": operation,
            "status": exchange.status,
            "duration_ms": round(seconds * 1000, 1),
        }
        _logger.info("request", extra={"fields": fields})


def _is_text(query: bytes) -> bool:
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True


def _too_large(limit: int) -> Problem:
    return Problem(BODY_TOO_LARGE, f"Send at most {limit} bytes.")


class _BodyTooLarge(Exception):
    """More bytes arrived than the process accepts."""


def _limited(receive: Receive, limit: int) -> Receive:
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _BodyTooLarge
        return message

    return limited


async def _with_declared_length(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """Read a body of undeclared length; Connexion takes a body without Content-Length for none at all."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    # Of a body that is here in one piece, nobody must believe that it still comes in several: it would not be read.
    headers = [header for header in scope["headers"] if header[0] != b"transfer-encoding"]
    headers.append((b"content-length", str(len(body)).encode()))
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return {**scope, "headers": headers}, replay


class _Exchange:
    """One answer on its way out: adds the common headers and remembers the status."""

    def __init__(self, send: Send, correlation_id: str) -> None:
        self._send = send
        self._correlation_id = correlation_id
        self.status = 0
        self.operation = ""
        self.started = time.perf_counter()

    async def send(self, message: Message) -> None:
        """Pass a message on; the first one gets the common headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = []
            for name, value in message.get("headers", []):
                if name.lower() == b"x-operation":
                    self.operation = value.decode("latin-1")
                else:
                    headers.append((name, value))
            headers.append((HEADER.lower().encode(), self._correlation_id.encode()))
            headers.extend(_SECURITY_HEADERS)
            message = {**message, "headers": headers}
        await self._send(message)

    async def lead_on(self, scope: Scope) -> None:
        """Send on to the same address without slashes at its end: by its path, for Host may name anybody."""
        query = scope.get("query_string", b"")
        location = quote(scope["path"].rstrip("/")).encode() + (b"?" + query if query else b"")
        headers = [(b"location", location), (b"content-length", b"0")]
        await self.send({"type": "http.response.start", "status": 308, "headers": headers})
        await self._send({"type": "http.response.body", "body": b""})

    async def problem(self, problem: Problem) -> None:
        """Answer with a problem, unless an answer is under way already."""
        if self.status:
            return
        body = problem.to_bytes()
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": problem.kind.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

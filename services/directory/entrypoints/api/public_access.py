"""Opens the public part to any web page and compresses its answers: the CORS headers stand on errors too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.middleware.gzip import GZipMiddleware
from werkzeug.http import parse_accept_header

_PUBLIC = (
    "/services", "/organizations", "/taxonomies", "/taxonomy_terms", "/service_at_locations", "/municipalities",
    "/changes", "/profile", "/exports", "/openapi.json", "/openings",
)  # fmt: skip
_OPEN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Content-Disposition, ETag, Retry-After"),
]
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
]
# Below a public address, but with a token alone.
_FOR_AGENCIES = frozenset(("/exports/own",))
_TOKEN, _NOT_FOUND = b"authorization", 404
_SMALLEST_COMPRESSED = 1000
_COMPRESSION = 4
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class PublicAccessMiddleware:
    """ASGI middleware around the edge, so that a page of another site can read what the edge refuses as well.

    Answers of the part that needs a token pass unchanged, neither opened nor compressed. Who brings none and finds
    nothing has asked for an address that there is not: a mistyped one is told to other sites too.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._compressed = GZipMiddleware(app, minimum_size=_SMALLEST_COMPRESSED, compresslevel=_COMPRESSION)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        is_public = _is_public(scope)
        may_be_mistyped = scope["type"] == "http" and not any(name == _TOKEN for name, _ in scope["headers"])

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start" and (is_public or message["status"] == _NOT_FOUND):
                message = {**message, "headers": [*message.get("headers", []), *_OPEN]}
            await send(message)

        app = self._compressed if is_public and _takes_gzip(scope) else self._app
        await app(scope, receive, send_open if is_public or may_be_mistyped else send)


class PreflightMiddleware:
    """ASGI middleware within the edge: answers a page that asks what it may send to the public part."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if not _is_public(scope) or scope["method"] != "OPTIONS":
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
        await send({"type": "http.response.body", "body": b""})


def _takes_gzip(scope: Scope) -> bool:
    """Say whether an answer may come compressed; whoever names gzip with the weight 0 refuses it (RFC 9110)."""
    wanted = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").decode("latin-1")
    return "gzip" in wanted and parse_accept_header(wanted).quality("gzip") > 0


def _is_public(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    path = scope["path"]
    if path in _FOR_AGENCIES:
        return False
    return path == "/" or any(path == root or path.startswith(f"{root}/") for root in _PUBLIC)

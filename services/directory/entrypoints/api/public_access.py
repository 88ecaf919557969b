"""Opens the public part to any web page and compresses its answers: the CORS headers stand on errors too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.middleware.gzip import GZipMiddleware

_PUBLIC = (
    "/services", "/organizations", "/taxonomies", "/taxonomy_terms", "/service_at_locations", "/municipalities",
    "/changes", "/profile", "/exports", "/openapi.json",
)  # fmt: skip
_OPEN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Retry-After"),
]
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
]
# Below a public address, but with a token alone.
_FOR_AGENCIES = frozenset(("/exports/own",))
_SMALLEST_COMPRESSED = 1000
_COMPRESSION = 4
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class PublicAccessMiddleware:
    """ASGI middleware around the edge, so that a page of another site can read what the edge refuses as well.

    Answers of the part that needs a token pass unchanged, neither opened nor compressed.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._compressed = GZipMiddleware(app, minimum_size=_SMALLEST_COMPRESSED, compresslevel=_COMPRESSION)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if not _is_public(scope):
            await self._app(scope, receive, send)
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *_OPEN]}
            await send(message)

        await self._compressed(scope, receive, send_open)


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


def _is_public(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    path = scope["path"]
    if path in _FOR_AGENCIES:
        return False
    return path == "/" or any(path == root or path.startswith(f"{root}/") for root in _PUBLIC)

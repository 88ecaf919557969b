"""Lets any web page read the public part: adds the CORS header to every answer of a public read, errors included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

_PUBLIC = (
    "/services", "/organizations", "/taxonomies", "/taxonomy_terms", "/service_at_locations", "/municipalities",
    "/openapi.json",
)  # fmt: skip
_ALLOW_ALL = (b"access-control-allow-origin", b"*")
Message = MutableMapping[str, Any]


class PublicAccessMiddleware:
    """ASGI middleware; answers to anything but GET and HEAD of the public part pass unchanged."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Handle one ASGI connection."""
        if not _is_public_read(scope):
            await self._app(scope, receive, send)
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), _ALLOW_ALL]}
            await send(message)

        await self._app(scope, receive, send_open)


def _is_public_read(scope: MutableMapping[str, Any]) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    return path == "/" or any(path == root or path.startswith(f"{root}/") for root in _PUBLIC)

"""ASGI middleware that refuses a method no operation of a path has, and names all the methods that one has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chassis.asgi import ASGIApp, Receive, Scope, Send
from chassis.problems import METHOD_NOT_ALLOWED, Problem

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{[^}]*\}")


class MethodMiddleware:
    """Stands before the router, which knows operations one by one and names the methods of a single one.

    A path that is written out counts before one with a parameter, as OpenAPI says: where ``/listings/confirm`` takes
    POST alone, a PUT there is no change of the listing ``confirm``.
    """

    def __init__(self, app: ASGIApp, *, paths: Mapping[str, Mapping[str, Any]]) -> None:
        """``paths`` are those of the API description."""
        self._app = app
        ordered = sorted(paths, key=lambda path: len(_PARAMETER.findall(path)))
        self._methods = [(_pattern(path), _methods(paths[path])) for path in ordered]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; raises the 405 problem, which the layer around this one answers with."""
        if scope["type"] == "http":
            methods = self._methods_of(scope["path"])
            if methods and scope["method"] not in methods:
                raise Problem(METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(methods)})
        await self._app(scope, receive, send)

    def _methods_of(self, path: str) -> list[str]:
        return next((methods for pattern, methods in self._methods if pattern.fullmatch(path)), [])


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in _PARAMETER.split(path)))


def _methods(operations: Mapping[str, Any]) -> list[str]:
    methods = [method.upper() for method in _METHODS if method in operations]
    if "GET" in methods and "HEAD" not in methods:
        methods.append("HEAD")
    return methods

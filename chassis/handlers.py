"""Finds the handlers named in an API description and turns what they return into JSON answers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import connexion
import flask
from connexion.apps.flask import FlaskApi, FlaskOperation
from connexion.decorators import FlaskDecorator
from connexion.decorators.parameter import SyncParameterDecorator
from connexion.operations import AbstractOperation
from connexion.resolver import Resolver

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class HandlerResolver(Resolver):  # type: ignore[misc]
    """Finds a handler by the full import path in ``operationId``.

    A handler returns a body, or a tuple of body, status and headers, or a ready Flask response. Bodies are
    sent as JSON: Connexion cannot tell by itself which of an operation's media types is meant, since every
    operation may also answer with a problem.
    """

    def resolve_function_from_operation_id(self, operation_id: str) -> Callable[..., Any]:
        """Return the handler; raises Connexion's ResolverError at start where there is none."""
        handler = super().resolve_function_from_operation_id(operation_id)

        @functools.wraps(handler)
        def answering(*args: Any, **kwargs: Any) -> flask.Response:
            return to_response(handler(*args, **_with_plain_ids(kwargs)))

        return answering


def wrap_handlers_once(app: connexion.FlaskApp) -> None:
    """Keep what Connexion makes of each handler; by itself it makes it anew at every request.

    Before the first request: only then does Connexion give the handlers to Flask.
    """
    app._middleware_app.add_api = functools.partial(_add_api, app.app)


def _add_api(flask_app: flask.Flask, specification: Any, *, name: str | None = None, **options: Any) -> FlaskApi:
    api = _Api(specification, **options)
    flask_app.register_blueprint(api.blueprint, **({"name": name} if name else {}))
    return api


class _Api(FlaskApi):  # type: ignore[misc]
    def make_operation(self, operation: AbstractOperation) -> FlaskOperation:
        return _Operation.from_operation(operation, pythonic_params=self.pythonic_params, jsonifier=self.jsonifier)


class _Operation(FlaskOperation):  # type: ignore[misc]
    @functools.cached_property
    def fn(self) -> Callable[..., Any]:
        """What answers a request; which operation it is stands in the context of the request."""
        decorator = _Decorator(pythonic_params=self.pythonic_params, jsonifier=self.jsonifier)
        answer = decorator.decorate(self._fn)

        def handle(**_in_path: Any) -> Any:
            return answer(decorator.framework.get_request(uri_parser=decorator.uri_parser))

        return handle


class _Decorator(FlaskDecorator):  # type: ignore[misc]
    @property
    def _parameter_decorator_cls(self) -> type[SyncParameterDecorator]:
        return _KnownNames


class _KnownNames(SyncParameterDecorator):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # A handful of names stand in the descriptions, and each is made an argument's name at every request.
        self.sanitize_fn: Callable[[str], str] = functools.lru_cache(maxsize=1024)(self.sanitize_fn)


def _with_plain_ids(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with the ids of the path in small letters: in capitals a UUID is still the same one."""
    in_path = flask.request.view_args or {}
    return {name: _plain(value) if name in in_path else value for name, value in arguments.items()}


def _plain(value: Any) -> Any:
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value) else value


def to_response(returned: Any) -> flask.Response:
    """Return the Flask response for what a handler returned; nothing at all becomes 204."""
    body, *rest = returned if isinstance(returned, tuple) else (returned,)
    if body is None:
        status = next((part for part in rest if isinstance(part, int)), 204)
        headers = next((part for part in rest if not isinstance(part, int)), None)
        return flask.Response(status=status, headers=headers)
    return flask.make_response((body, *rest) if rest else body)

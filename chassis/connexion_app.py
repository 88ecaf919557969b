"""Builds a service's web application from its API description: strict, deny by default, every error a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import connexion
import flask
import yaml
from connexion.context import context, operation
from connexion.exceptions import BadRequestProblem, OAuthProblem, OAuthScopeProblem, ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware import ConnexionMiddleware, MiddlewarePosition
from connexion.middleware.response_validation import ResponseValidationMiddleware
from connexion.options import SwaggerUIOptions
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException as ASGIHTTPException
from werkzeug.exceptions import HTTPException as WSGIHTTPException

from chassis import health, metrics
from chassis.asgi import EdgeMiddleware
from chassis.auth import TokenVerifier, fetch_keys
from chassis.event_metrics import observe_events
from chassis.handlers import HandlerResolver, wrap_handlers_once
from chassis.logs import get_logger
from chassis.methods import MethodMiddleware
from chassis.parameters import KnownParametersParser, PlainParameterValidator
from chassis.problems import (
    BY_STATUS,
    FORBIDDEN,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    MALFORMED_REQUEST,
    MEDIA_TYPE,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
    ProblemType,
)
from chassis.rate_limit import limit_rate
from chassis.settings import ServiceSettings
from chassis.validation import body_validators
from chassis.wsgi_bridge import bridge_whole_answers

OPENAPI_FOLDER = Path(__file__).parent.parent / "openapi"
ProblemTable = Mapping[type[Exception], tuple[int, str, str]]
_CONTAINER = "lidhja.container"
# Answers are held against their descriptions by tests.
_UNUSED = (ResponseValidationMiddleware,)
_REFUSED_BODIES = {"413": "BodyTooLarge", "415": "UnsupportedMediaType"}
_logger = get_logger(__name__)


def container() -> Any:
    """Return what the composition root built; inside a handler only."""
    return flask.current_app.extensions[_CONTAINER]


def make_app(
    *,
    service: str,
    spec: str,
    settings: ServiceSettings,
    container: Any,
    problems: ProblemTable | None = None,
    readiness: Mapping[str, Callable[[], None]] | None = None,
    verifier: TokenVerifier | None = None,
    file_uploads: Mapping[str, int] | None = None,
    outermost: Callable[..., Any] | None = None,
    at_once: int | None = None,
) -> connexion.FlaskApp:
    """Return the application for an API description in ``openapi/``.

    ``problems`` maps the domain's exceptions to (status, slug, title); an exception's ``members`` attribute,
    where it has one, becomes extension members and its ``detail`` attribute the detail. ``readiness`` names
    the checks of ``/health/ready``, ``file_uploads`` the paths that take larger bodies and how large. ``outermost`` is
    ASGI middleware that every answer passes, refusals at the edge included. ``at_once`` is how many requests a process
    works on before others wait (:mod:`chassis.turns`). Use the returned object's
    ``test_client()`` in tests: Flask's own client would bypass validation and security.
    """
    app = _bare_app(service, at_once)
    flask_app: flask.Flask = app.app
    flask_app.extensions[_CONTAINER] = container
    description = resolve_references(OPENAPI_FOLDER / spec)
    app.add_api(
        description,
        strict_validation=True,
        validator_map={"parameter": PlainParameterValidator, "body": body_validators()},
        uri_parser_class=KnownParametersParser,
        resolver=HandlerResolver(),
    )
    limit_rate(flask_app, settings, subject=_subject)
    _add_error_handlers(app, problems or {})
    health.add_routes(flask_app, readiness or {})
    flask_app.add_url_rule("/metrics", "metrics", lambda: _metrics(service))
    flask_app.after_request(_name_operation)
    _wrap(app, description, outermost)
    app.add_middleware(
        EdgeMiddleware,
        position=MiddlewarePosition.BEFORE_EXCEPTION,
        service=service,
        verifier=verifier or _own_verifier(settings),
        max_body_bytes=settings.max_body_bytes,
        file_uploads=file_uploads,
    )
    return app


def _wrap(app: connexion.FlaskApp, description: dict[str, Any], outermost: Callable[..., Any] | None) -> None:
    """Add the layers around the router, and first of all what stands around the edge."""
    app.add_middleware(MethodMiddleware, position=MiddlewarePosition.BEFORE_ROUTING, paths=description["paths"])
    if outermost is not None:
        app.add_middleware(outermost, position=MiddlewarePosition.BEFORE_EXCEPTION)


def _bare_app(service: str, at_once: int | None) -> connexion.FlaskApp:
    app = connexion.FlaskApp(
        service,
        specification_dir=OPENAPI_FOLDER,
        middlewares=[layer for layer in ConnexionMiddleware.default_middlewares if layer not in _UNUSED],
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False),
    )
    wrap_handlers_once(app)
    bridge_whole_answers(app, at_once)
    return app


def _own_verifier(settings: ServiceSettings) -> TokenVerifier:
    return TokenVerifier(issuer=settings.issuer, audience=settings.audience, fetch=fetch_keys(settings.jwks_url))


def resolve_references(path: Path) -> dict[str, Any]:
    """Read an API description and draw in what it refers to in ``common.yaml`` and in its own part files.

    A path of ``directory.yaml`` may stand in ``directory/<area>.yaml`` and be named by a reference; the part's
    components join those of the whole. Raises ValueError where two of them share a name.
    """
    description = _read_local(path, path)
    for route, item in description["paths"].items():
        file, _, pointer = item.get("$ref", "").partition("#")
        if file:
            part = _read_local(path.parent / file, path)
            description["paths"][route] = part["paths"][pointer.removeprefix("/paths/").replace("~1", "/")]
            _join_components(description, part, file)
    for kind, entries in _read_yaml(OPENAPI_FOLDER / "common.yaml")["components"].items():
        target = description.setdefault("components", {}).setdefault(kind, {})
        for name, entry in entries.items():
            # A description may name a common part again by a mere reference, which now points at itself.
            if target.get(name, {"$ref": ""}).get("$ref") is not None:
                target[name] = entry
    _describe_refused_bodies(description)
    return description


def _describe_refused_bodies(description: dict[str, Any]) -> None:
    """Name what every operation that takes a body may answer before its handler is asked."""
    for item in description["paths"].values():
        for operation_described in item.values():
            if isinstance(operation_described, dict) and "requestBody" in operation_described:
                for status, name in _REFUSED_BODIES.items():
                    operation_described["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})


def _read_local(path: Path, whole: Path) -> dict[str, Any]:
    """Read a file with its references to common parts, and to the whole, turned into local ones."""
    text = json.dumps(_read_yaml(path), default=str)
    for elsewhere in ("../common.yaml#/", f"../{whole.name}#/", "common.yaml#/"):
        text = text.replace(elsewhere, "#/")
    local: dict[str, Any] = json.loads(text)
    return local


def _join_components(description: dict[str, Any], part: dict[str, Any], file: str) -> None:
    for kind, entries in part.get("components", {}).items():
        target = description.setdefault("components", {}).setdefault(kind, {})
        for name, entry in entries.items():
            if target.setdefault(name, entry) != entry:
                raise ValueError(f"{file} describes {kind}/{name} anew")


def _read_yaml(path: Path) -> dict[str, Any]:
    # The C loader is ten times faster and as safe; not every build of the library has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return content


def _subject() -> str | None:
    """Name the token's subject; None without a token."""
    try:
        claims = context.get("token_info")
    except RuntimeError:
        claims = None
    return str(claims["sub"]) if claims else None


def _metrics(service: str) -> flask.Response:
    engine = getattr(container(), "engine", None)
    if engine is not None:
        observe_events(engine, service)
    return flask.Response(metrics.exposition(), mimetype="text/plain; version=0.0.4")


def _name_operation(response: flask.Response) -> flask.Response:
    """Tell the edge which operation answered; it takes the header off again."""
    try:
        name = operation.operation_id
    except RuntimeError:
        name = flask.request.endpoint or "unrouted"
    response.headers["X-Operation"] = name.rsplit(".", 1)[-1]
    return response


def _add_error_handlers(app: connexion.FlaskApp, table: ProblemTable) -> None:
    app.add_error_handler(Problem, lambda _request, error: respond(error))
    app.add_error_handler(OAuthScopeProblem, _answer_scope)
    app.add_error_handler(OAuthProblem, _answer_unauthenticated)
    app.add_error_handler(BadRequestProblem, lambda _request, _error: respond(Problem(INVALID_REQUEST)))
    app.add_error_handler(ProblemException, _answer_status)
    app.add_error_handler(ASGIHTTPException, _answer_status)
    app.add_error_handler(WSGIHTTPException, _answer_status)
    app.add_error_handler(OperationalError, _answer_undone)
    app.add_error_handler(Exception, _answer_failure)
    for exception_type, (status, slug, title) in table.items():
        app.add_error_handler(exception_type, _answer_domain_error(ProblemType(slug, status, title)))


def respond(problem: Problem) -> ConnexionResponse:
    """Return the answer with a problem; for a service's own ``add_error_handler``, where the table does not do."""
    return ConnexionResponse(
        status_code=problem.kind.status,
        mimetype=MEDIA_TYPE,
        content_type=MEDIA_TYPE,
        body=problem.to_bytes(),
        headers=problem.headers,
    )


def _answer_scope(_request: ConnexionRequest, error: Any) -> ConnexionResponse:
    return respond(Problem(FORBIDDEN, "The access token lacks a scope.", required_scopes=list(error.required_scopes)))


def _answer_unauthenticated(_request: ConnexionRequest, _error: Exception) -> ConnexionResponse:
    return respond(
        Problem(
            UNAUTHENTICATED,
            "Send an access token as a Bearer token.",
            headers={"WWW-Authenticate": 'Bearer realm="lidhja"'},
        )
    )


def _answer_status(_request: ConnexionRequest, error: Any) -> ConnexionResponse:
    status = int(getattr(error, "status_code", None) or getattr(error, "code", None) or 500)
    kind = BY_STATUS.get(status, MALFORMED_REQUEST if status < 500 else INTERNAL_ERROR)
    if kind is INTERNAL_ERROR:
        cause = getattr(error, "original_exception", None) or error
        _logger.error("request failed", exc_info=cause, extra={"fields": {"error": type(cause).__name__}})
    headers = {}
    if kind is TOO_MANY_REQUESTS:
        headers["Retry-After"] = "60"
    allowed = getattr(error, "valid_methods", None) or (getattr(error, "headers", None) or {}).get("Allow")
    if allowed:
        headers["Allow"] = allowed if isinstance(allowed, str) else ", ".join(allowed)
    detail = _types_taken(str(error.detail)) if kind is UNSUPPORTED_MEDIA_TYPE else None
    return respond(Problem(kind, detail, headers=headers))


def _types_taken(told: str) -> str:
    """Say which types are taken; Connexion lists them at the end of what it says, behind what was sent."""
    types = re.findall("'([^']+)'", told.rpartition("expected ")[2])
    return f"Send a body of the type {' or '.join(types)}."


def _answer_domain_error(kind: ProblemType) -> Callable[[ConnexionRequest, Any], ConnexionResponse]:
    def answer(_request: ConnexionRequest, error: Any) -> ConnexionResponse:
        members = dict(getattr(error, "members", {}) or {})
        return respond(Problem(kind, getattr(error, "detail", None), **members))

    return answer


def _answer_undone(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """Answer where the database is gone, or two transactions stood in each other's way: the same again may succeed."""
    _logger.error("request undone", exc_info=error, extra={"fields": {"error": type(error).__name__}})
    return respond(
        Problem(UNAVAILABLE, "Repeat it in a moment, with its Idempotency-Key.", headers={"Retry-After": "5"})
    )


def _answer_failure(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    _logger.error("request failed", exc_info=error, extra={"fields": {"error": type(error).__name__}})
    return respond(Problem(INTERNAL_ERROR))

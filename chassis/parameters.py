"""Reads and checks what stands in the address and the headers of a request, knowing each operation's parameters once.

Connexion goes through all parameters that an operation describes, several times, at every request; a search describes
three dozen of them, and six are given.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connexion.uri_parsing import OpenAPIURIParser
from connexion.utils import is_null, is_nullable
from connexion.validators import ParameterValidator
from starlette.datastructures import QueryParams

from chassis.problems import INVALID_REQUEST, Problem
from chassis.validation import describe, validator_for

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class _Described:
    """The parameters of one operation as they are looked up."""

    # Held so that its identity is not given to another list.
    definitions: list[Definition]
    by_place: dict[str, dict[str, Definition]] = field(default_factory=dict)
    parsable: dict[str, Definition] = field(default_factory=dict)
    schemas: dict[str, Definition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for definition in self.definitions:
            self.by_place.setdefault(definition["in"], {})[definition["name"]] = definition
        self.parsable.update({**self.in_place("path"), **self.in_place("query")})
        self.schemas.update({name: definition.get("schema", {}) for name, definition in self.parsable.items()})

    def in_place(self, place: str) -> dict[str, Definition]:
        return self.by_place.get(place, {})


_described: dict[int, _Described] = {}


def _description_of(definitions: list[Definition]) -> _Described:
    known = _described.get(id(definitions))
    if known is None or known.definitions is not definitions:
        known = _described[id(definitions)] = _Described(definitions)
    return known


class KnownParametersParser(OpenAPIURIParser):  # type: ignore[misc]
    """Connexion's reading of addresses, with what it looks up made once for each operation.

    Parameters in the style ``deepObject`` are not read as such; no description here has one.
    """

    def __init__(self, param_defns: list[Definition], body_defn: Mapping[str, Any]) -> None:
        described = _description_of(param_defns)
        self._param_defns, self._schemas = described.parsable, described.schemas
        self._body_schema = body_defn.get("schema", {})
        self._body_encoding = body_defn.get("encoding", {})

    @property
    def param_schemas(self) -> dict[str, Definition]:
        """The schemas of the parameters by name."""
        return self._schemas

    def resolve_query(self, query_data: Mapping[str, list[str]]) -> dict[str, Any]:
        """Return the value of each parameter of the query in the type that is described."""
        values: dict[str, Any] = self.resolve_params(query_data, "query")
        return values


class PlainParameterValidator(ParameterValidator):  # type: ignore[misc]
    """Checks path, query and header parameters without repeating their values."""

    def __init__(
        self,
        parameters: list[Definition],
        uri_parser: KnownParametersParser,
        strict_validation: bool = False,
        security_query_params: Iterable[str] | None = None,
    ) -> None:
        self._described = _description_of(parameters)
        self.uri_parser = uri_parser
        self.strict_validation = strict_validation
        self.security_query_params = frozenset(security_query_params or ())

    def validate_request(self, request: Any) -> None:
        """Check the names of the query parameters and then every declared parameter; raises the 400 problem."""
        queried = request.query_params
        unknown = queried.keys() - self._described.in_place("query").keys() - self.security_query_params
        if self.strict_validation and unknown:
            raise _parameter_problem("query", ", ".join(sorted(unknown)), "is not known here")
        self._refuse_repeated(request.scope.get("query_string", b""), len(queried))
        self._check("query", queried)
        self._check("path", request.path_params)
        self._check("header", request.headers)
        self._check("cookie", request.cookies)

    def _check(self, place: str, given: Mapping[str, Any]) -> None:
        for name, definition in self._described.in_place(place).items():
            value = given.get(name.replace("-", "_") if place == "path" else name)
            if value is not None:
                _check_value(place, value, definition)
            elif definition.get("required") and not is_nullable(definition):
                raise _parameter_problem(place, name, "is missing")

    def _refuse_repeated(self, query: bytes, names: int) -> None:
        """Refuse a second value where one is taken: all but the last would be dropped without a word."""
        if query.count(b"&") < names:
            return
        given = QueryParams(query)
        for name, definition in self._described.in_place("query").items():
            takes_several = definition.get("schema", definition).get("type") == "array"
            if not (takes_several and definition.get("explode", True)) and len(given.getlist(name)) > 1:
                raise _parameter_problem("query", name, "takes one value, and was given several")


def _check_value(place: str, value: Any, definition: Definition) -> None:
    if is_nullable(definition) and is_null(value):
        return
    if isinstance(value, float) and not math.isfinite(value):
        raise _parameter_problem(place, definition["name"], "must be a finite number")
    error = next(validator_for(definition.get("schema", definition)).iter_errors(value), None)
    if error is not None:
        raise _parameter_problem(place, definition["name"], describe(error))


def _parameter_problem(place: str, name: str, detail: str) -> Problem:
    errors = [{"parameter": name, "in": place, "detail": detail}]
    return Problem(INVALID_REQUEST, f"The {place} parameter {name} {detail}.", errors=errors)

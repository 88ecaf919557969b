"""Checks bodies against the API description and says what is wrong without repeating what was sent."""

from __future__ import annotations

import functools
import json
import math
import re
from typing import Any

from connexion.datastructures import MediaTypeDict
from connexion.json_schema import Draft4RequestValidator
from connexion.validators import VALIDATOR_MAP, JSONRequestBodyValidator
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker, ValidationError
from starlette.datastructures import Headers

from chassis.clock import from_rfc3339
from chassis.json_nesting import is_nested_deeper
from chassis.problems import INVALID_REQUEST, MALFORMED_REQUEST, UNSUPPORTED_MEDIA_TYPE, Problem

_MAX_ERRORS = 20
# Draft 4 itself knows no uuid and no date; OpenAPI descriptions use both, and moments that can be kept.
_PLAIN = Draft202012Validator.FORMAT_CHECKER
_FORMATS = FormatChecker(_PLAIN.checkers)
_FORMATS.checks("date-time", ValueError)(
    lambda value: not isinstance(value, str) or bool(_PLAIN.conforms(value, "date-time") and from_rfc3339(value))
)
_MAX_REMEMBERED = 1024
_DEEPEST = 100
# Says in an API description what a pattern or a format asks for, in words that follow the name of the field.
_IN_WORDS = "x-rule"
# How the first or second half of a character of 32 bits is escaped; two of them together are one.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def describe(error: ValidationError) -> str:
    """Say in words which rule was broken; the offending value is never repeated, it may be personal."""
    rule, expected = error.validator, error.validator_value
    if rule == "required":
        return f"the field {_missing_name(error)} is missing"
    if rule == "additionalProperties":
        return "has a field that is not known here: " + ", ".join(sorted(_unknown_names(error)))
    plain = {
        "type": f"must be of type {expected}",
        "enum": f"must be one of {json.dumps(expected, ensure_ascii=False, default=str)}",
        "format": str(error.schema.get(_IN_WORDS, f"must be in the format {expected}")),  # type: ignore[union-attr]
        "pattern": str(error.schema.get(_IN_WORDS, f"must match {expected}")),  # type: ignore[union-attr]
        "minLength": f"must have at least {expected} characters",
        "maxLength": f"must have at most {expected} characters",
        "minimum": f"must be at least {expected}",
        "maximum": f"must be at most {expected}",
        "minItems": f"must have at least {expected} entries",
        "maxItems": f"must have at most {expected} entries",
        "uniqueItems": "must not hold the same entry twice",
    }
    return plain.get(str(rule), f"breaks the rule {rule}")


def _missing_name(error: ValidationError) -> str:
    present = error.instance if isinstance(error.instance, dict) else {}
    return ", ".join(name for name in error.validator_value if name not in present)  # type: ignore[union-attr]


def _unknown_names(error: ValidationError) -> list[str]:
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    present = error.instance if isinstance(error.instance, dict) else {}
    return [name for name in present if name not in known]


def _pointer(error: ValidationError) -> str:
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)


def _leaves(error: ValidationError) -> list[ValidationError]:
    """Return the innermost errors: those of the branch of a oneOf/anyOf/allOf that came closest."""
    if not error.context:
        return [error]
    from jsonschema.exceptions import best_match

    best = best_match(error.context)
    return _leaves(best) if best is not None else [error]


def invalid_request(errors: list[ValidationError]) -> Problem:
    """Return the 400 problem that lists the broken rules with a JSON pointer each (RFC 6901)."""
    found: dict[tuple[str, str], None] = {}
    for error in errors:
        for leaf in _leaves(error):
            found[(_pointer(leaf), describe(leaf))] = None
    listed = [{"pointer": pointer, "detail": detail} for pointer, detail in list(found)[:_MAX_ERRORS]]
    return Problem(INVALID_REQUEST, "Correct the fields listed under errors and repeat.", errors=listed)


@functools.lru_cache(maxsize=512)
def _compiled(schema_text: str) -> Draft4Validator:
    validator: Draft4Validator = Draft4RequestValidator(json.loads(schema_text), format_checker=_FORMATS)
    return validator


_validators: dict[int, tuple[dict[str, Any], Draft4Validator]] = {}


def validator_for(schema: dict[str, Any]) -> Draft4Validator:
    """Return the validator of a schema, found by the schema's identity where Connexion hands over the same object."""
    known = _validators.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    # Connexion has drawn in all references and hung the components beside them, which may hold this very schema.
    needed = {name: value for name, value in schema.items() if name != "components"}
    validator = _compiled(json.dumps(needed, sort_keys=True, default=str))
    if len(_validators) < _MAX_REMEMBERED:
        # Holding the schema keeps its identity from being given to another object.
        _validators[id(schema)] = (schema, validator)
    return validator


class BodyValidator(JSONRequestBodyValidator):
    """Checks JSON bodies and lists every broken rule at once."""

    async def _parse(self, stream: Any, scope: Any) -> Any:
        raw = b"".join([message async for message in stream])
        if not raw:
            return None
        if "content-type" not in Headers(scope=scope):
            # Connexion would check it as JSON, and then hand it to the handler unread.
            raise Problem(UNSUPPORTED_MEDIA_TYPE, "Send a body of the type application/json.")
        if is_nested_deeper(raw, _DEEPEST):
            raise Problem(MALFORMED_REQUEST, f"The body is nested deeper than {_DEEPEST} levels.")
        try:
            body = json.loads(raw.decode(self._encoding), parse_constant=_refuse_constant, parse_float=_finite)
            _refuse_halves(raw, body)
        except (UnicodeDecodeError, LookupError, ValueError, RecursionError):
            raise Problem(MALFORMED_REQUEST, "The body is not valid JSON in UTF-8.") from None
        if body is None and not self._nullable:
            # An absent body may be allowed where a null is not; later both would look the same.
            raise Problem(INVALID_REQUEST, "The body must not be null.", errors=[])
        return body

    def _validate(self, body: Any) -> dict[str, Any] | None:
        if body is None and not self._nullable:
            if not self._required:
                return None
            raise Problem(INVALID_REQUEST, "The request needs a JSON body.", errors=[])
        errors = list(validator_for(self._schema).iter_errors(body))
        if errors:
            raise invalid_request(errors)
        return None


def _refuse_halves(raw: bytes, body: Any) -> None:
    """Refuse half a character, which JSON can escape but no text can hold."""
    if _HALF.search(raw):
        json.dumps(body, ensure_ascii=False).encode()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    """Read a number; one that no computer can hold, such as 1e400, would become infinity and pass every limit."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def body_validators() -> MediaTypeDict:
    """Return the validators of bodies that the app factory gives to Connexion."""
    bodies = MediaTypeDict(VALIDATOR_MAP["body"])
    bodies["*/*json"] = BodyValidator
    return bodies

"""Builds every error body: RFC 9457 problem details with a stable type for each kind of error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.correlation import current_correlation_id

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://lidhja.example.org/problems/"


@dataclass(frozen=True)
class ProblemType:
    """One kind of error: its slug (the end of its type URI), HTTP status and title."""

    slug: str
    status: int
    title: str


INVALID_REQUEST = ProblemType("invalid-request", 400, "The request does not fit the API description")
MALFORMED_REQUEST = ProblemType("malformed-request", 400, "The request cannot be read")
IDEMPOTENCY_KEY_MISSING = ProblemType("idempotency-key-missing", 400, "This request needs an Idempotency-Key header")
UNAUTHENTICATED = ProblemType("unauthenticated", 401, "A valid access token is needed")
TOKEN_EXPIRED = ProblemType("token-expired", 401, "The access token has expired")
FORBIDDEN = ProblemType("forbidden", 403, "This access token may not do that")
PERSON_REQUIRED = ProblemType("person-required", 403, "A person must do this, signed in with an account")
NOT_FOUND = ProblemType("not-found", 404, "There is nothing here that you may see")
METHOD_NOT_ALLOWED = ProblemType("method-not-allowed", 405, "This address does not take that method")
CONFLICT = ProblemType("conflict", 409, "The request collides with another one")
STALE_VERSION = ProblemType("stale-version", 412, "Somebody changed this in the meantime")
BODY_TOO_LARGE = ProblemType("body-too-large", 413, "The request body is too large")
UNSUPPORTED_MEDIA_TYPE = ProblemType("unsupported-media-type", 415, "The request body is of a type not taken here")
IDEMPOTENCY_KEY_REUSED = ProblemType("idempotency-key-reused", 422, "This Idempotency-Key was used for another request")
PRECONDITION_REQUIRED = ProblemType("precondition-required", 428, "This change needs an If-Match header")
TOO_MANY_REQUESTS = ProblemType("too-many-requests", 429, "Too many requests")
INTERNAL_ERROR = ProblemType("internal-error", 500, "Something went wrong on our side")
UNAVAILABLE = ProblemType("unavailable", 503, "A part this depends on is not answering")

BY_STATUS = {
    kind.status: kind
    for kind in (
        MALFORMED_REQUEST,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        CONFLICT,
        STALE_VERSION,
        BODY_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        PRECONDITION_REQUIRED,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        UNAVAILABLE,
    )
}


class Problem(Exception):
    """Raise this at the edge to answer with a problem; never put a person's data into ``detail``."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def to_dict(self) -> dict[str, Any]:
        """Return the problem's members as they go over the wire."""
        body: dict[str, Any] = {
            "type": TYPE_BASE + self.kind.slug,
            "title": self.kind.title,
            "status": self.kind.status,
        }
        if self.detail:
            body["detail"] = self.detail
        correlation_id = current_correlation_id()
        if correlation_id:
            body["correlation_id"] = correlation_id
        body.update(self.members)
        return body

    def to_bytes(self) -> bytes:
        """Return the body, UTF-8 encoded."""
        return json.dumps(self.to_dict(), ensure_ascii=False).encode()

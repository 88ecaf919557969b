"""What all clients share: the signed-in user's token goes along, and an API's problem becomes one exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

import httpx

from chassis.http_client import ServiceClient, ServiceUnavailable

TokenOf = Callable[[], str | None]
Json = dict[str, Any]
# How long an API may take to answer that it has a file.
_FILE_SECONDS = 50


class ApiProblem(Exception):
    """An API answered with problem details; ``slug`` is the last part of its stable type."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {body.get('type', '')}")
        self.status = status
        self.slug = str(body.get("type", "")).rsplit("/", 1)[-1]
        self.members = dict(body)

    @property
    def broken_rules(self) -> list[Mapping[str, Any]]:
        """The entries of ``errors``: which rule was broken where."""
        return list(self.members.get("errors") or ())


@dataclass(frozen=True)
class Answer:
    """A body and the version (``ETag``) to send back when changing what it describes."""

    body: Json
    etag: str | None

    @property
    def items(self) -> list[Json]:
        """The entries of a list that comes in one piece, or of one page of it."""
        items: list[Json] = self.body["items"]
        return items


class ApiClient:
    """Base of the clients. Raises :class:`ApiProblem` for 4xx and ``ServiceUnavailable`` for 5xx and silence."""

    def __init__(self, base_url: str, *, token_of_user: TokenOf, transport: httpx.BaseTransport | None = None) -> None:
        self._service = ServiceClient(base_url, timeout_seconds=10, transport=transport)
        self._files = ServiceClient(base_url, timeout_seconds=_FILE_SECONDS, transport=transport)
        self._token_of_user = token_of_user

    def _get(
        self, path: str, *, params: Mapping[str, Any] | None = None, public: bool = False, languages: str = ""
    ) -> Answer:
        return self._call("GET", path, params=params, headers={"Accept-Language": languages}, public=public)

    def _post(
        self, path: str, *, json: Any = None, idempotency_key: str | None = None, if_match: str | None = None
    ) -> Answer:
        headers = {"Idempotency-Key": idempotency_key, "If-Match": if_match}
        return self._call("POST", path, json=json, headers=headers)

    def _query(self, path: str, *, json: Mapping[str, Any]) -> Answer:
        """Read what is public by criteria that stand in no address, so that no log of any part holds them."""
        return self._call("POST", path, json=_present(json), public=True)

    def _put(self, path: str, *, json: Any, if_match: str | None = None) -> Answer:
        return self._call("PUT", path, json=json, headers={"If-Match": if_match})

    def _file(self, path: str, *, params: Mapping[str, Any]) -> bytes:
        """Read a file as it is."""
        token = self._token_of_user()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._service.get(path, params=_present(params), headers=headers)
        if answer.status_code >= 400:
            raise ApiProblem(answer.status_code, _json_of(answer))
        return answer.content

    def _send(
        self, path: str, content: IO[bytes], *, name: str, params: Mapping[str, Any], idempotency_key: str
    ) -> Answer:
        """Post a file as it is, piece by piece; its name goes in a header, where no log holds it."""
        headers = {
            "Idempotency-Key": idempotency_key,
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name[-200:], safe='')}" if name else None,
        }
        return self._call("POST", path, params=params, content=content, headers=headers, service=self._files)

    def _delete(self, path: str, *, if_match: str | None = None) -> Answer:
        return self._call("DELETE", path, headers={"If-Match": if_match})

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: IO[bytes] | None = None,
        headers: Mapping[str, str | None] | None = None,
        public: bool = False,
        service: ServiceClient | None = None,
    ) -> Answer:
        sent = {name: value for name, value in (headers or {}).items() if value}
        token = None if public else self._token_of_user()
        if token:
            sent["Authorization"] = f"Bearer {token}"
        answer = (service or self._service).request(
            method, path, params=_present(params), json=json, content=content, headers=sent, changes_nothing=public
        )
        if answer.status_code == 301 and method == "GET":
            # What was merged is read at its new address; the query is part of it.
            answer = self._service.get(_own_path(answer.headers.get("Location", "")), headers=sent)
        body = _json_of(answer)
        if answer.status_code >= 400:
            raise ApiProblem(answer.status_code, body)
        return Answer(body, answer.headers.get("ETag"))


def _own_path(location: str) -> str:
    """Return a path on the same service; with a token in hand nothing is followed to elsewhere."""
    if not location.startswith("/") or location.startswith("//"):
        raise ServiceUnavailable("the service sends its readers elsewhere")
    return location


def _present(params: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value not in (None, "", [])}


def _json_of(answer: httpx.Response) -> Json:
    """Return the object that an answer holds; every API answers with one, whatever stands between may not."""
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

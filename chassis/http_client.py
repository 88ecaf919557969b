"""Calls other services: time-outs, bounded retries of safe requests, tokens, and the correlation id passed on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import IO, Any

import httpx

from chassis.correlation import HEADER, current_correlation_id

TokenSource = Callable[[], str]
_SAFE_TRIES = 3
_RENEW_BEFORE_SECONDS = 30


class ServiceUnavailable(Exception):
    """The other service did not answer in time, or answered that it cannot."""


class ClientCredentials:
    """A source of access tokens by the client credentials grant (RFC 6749 section 4.4); keeps one while it is good."""

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        client_secret: str,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._token_url = token_url
        self._auth = httpx.BasicAuth(client_id, client_secret)
        self._http = httpx.Client(timeout=5, trust_env=False, transport=transport)
        self._token = ""
        self._good_until = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Return a token good for at least half a minute, or raise :class:`ServiceUnavailable`."""
        with self._lock:
            if time.monotonic() > self._good_until:
                self._renew()
            return self._token

    def _renew(self) -> None:
        try:
            answer = self._http.post(self._token_url, data={"grant_type": "client_credentials"}, auth=self._auth)
            answer.raise_for_status()
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceUnavailable("the issuer of access tokens is not answering") from error
        self._token = str(body["access_token"])
        self._good_until = time.monotonic() + float(body.get("expires_in", 60)) - _RENEW_BEFORE_SECONDS


class ServiceClient:
    """One other service. Answers of 4xx are returned, for the caller knows what they mean; 5xx and silence raise."""

    def __init__(
        self,
        base_url: str,
        *,
        token_source: TokenSource | None = None,
        timeout_seconds: float = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._token_source = token_source
        self._http = httpx.Client(base_url=base_url, timeout=timeout_seconds, trust_env=False, transport=transport)

    def get(
        self, path: str, *, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Read; tried up to three times. Raises :class:`ServiceUnavailable`."""
        return self.request("GET", path, params=params, headers=headers)

    def post(self, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send once; a repeat is the caller's decision. Raises :class:`ServiceUnavailable`."""
        return self.request("POST", path, json=json, headers=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        changes_nothing: bool = False,
    ) -> httpx.Response:
        """Send a request; only GET, and a POST that ``changes_nothing``, is tried again.

        Raises :class:`ServiceUnavailable`.
        """
        tries = _SAFE_TRIES if method == "GET" or changes_nothing else 1
        for attempt in range(1, tries + 1):
            try:
                answer = self._http.request(
                    method, path, params=params, json=json, content=content, headers=self._headers(headers)
                )
            except httpx.TransportError as error:
                if attempt == tries:
                    raise ServiceUnavailable("the service is not answering") from error
            else:
                if answer.status_code < 500 or attempt == tries:
                    return self._checked(answer)
            time.sleep(0.1 * 2**attempt)
        raise AssertionError("unreachable")

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code >= 500:
            raise ServiceUnavailable("the service answers that it cannot")
        return answer

    def _headers(self, given: Mapping[str, str] | None) -> dict[str, str]:
        headers = dict(given or {})
        correlation_id = current_correlation_id()
        if correlation_id:
            headers[HEADER] = correlation_id
        if self._token_source is not None:
            headers["Authorization"] = f"Bearer {self._token_source()}"
        return headers

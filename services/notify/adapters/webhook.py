"""Calls webhooks as Standard Webhooks 1.0.0 says: signed, short of patience, and never where it must not go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from services.notify.adapters.address_guard import AddressGuard, CheckedAddress
from services.notify.application.ports import WebhookCall
from services.notify.domain.delivery import Reason, Verdict
from services.notify.domain.errors import WebhookAddressRefused

TIMEOUT_SECONDS = 15.0
_READ_AT_MOST = 64 * 1024
_GONE = 410
_THROTTLED = frozenset({429, 502, 503, 504})


def signature(call: WebhookCall, timestamp: int) -> str:
    """Return the value of `webhook-signature` for an attempt at a moment."""
    signed = b".".join((call.delivery_id.encode(), str(timestamp).encode(), call.body))
    digest = hmac.new(call.secret, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


class HttpWebhookSender:
    """Makes the calls. The address is resolved and checked on every attempt, and only the checked one is used."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._timeout = timeout_seconds
        self._tls = tls or ssl.create_default_context()

    def send(self, call: WebhookCall, *, now: datetime) -> Verdict:
        """Make one call and judge the answer; the answer's content is thrown away unread."""
        try:
            address = self._guard.check(call.url)
        except WebhookAddressRefused:
            return Verdict(reason=Reason.ADDRESS_REFUSED)
        try:
            return self._post(address, call, now)
        except TimeoutError:
            return Verdict(reason=Reason.TIMEOUT)
        except ssl.SSLError:
            return Verdict(reason=Reason.TLS_FAILED)
        except (OSError, http.client.HTTPException):
            return Verdict(reason=Reason.CONNECTION_FAILED)

    def _post(self, address: CheckedAddress, call: WebhookCall, now: datetime) -> Verdict:
        connection = _PinnedConnection(address, self._timeout, self._tls)
        with _deadline(connection, self._timeout) as is_over:
            try:
                timestamp = int(now.timestamp())
                connection.request(
                    "POST",
                    address.target,
                    body=call.body,
                    headers={
                        "Host": address.host_header,
                        "Content-Type": "application/json",
                        "User-Agent": "Lidhja-Webhooks/1",
                        "Accept-Encoding": "identity",
                        "Connection": "close",
                        "webhook-id": call.delivery_id,
                        "webhook-timestamp": str(timestamp),
                        "webhook-signature": signature(call, timestamp),
                    },
                )
                response = connection.getresponse()
                status, retry_after = response.status, response.getheader("Retry-After")
                if 200 <= status < 300:
                    # A success counts once it was received whole, or as much of it as we care to read.
                    seen = len(response.read(_READ_AT_MOST))
                    if seen < _READ_AT_MOST and response.length:
                        raise http.client.IncompleteRead(b"")
            except (OSError, http.client.HTTPException, ValueError) as error:
                if is_over.is_set():
                    raise TimeoutError from error
                raise
            if is_over.is_set():
                # A head that was cut off reads like one that came to its end.
                raise TimeoutError
        return judge(status, retry_after, now)


def judge(status: int, retry_after: str | None, now: datetime) -> Verdict:
    """Turn an answer's status into a verdict: 2xx alone is success, and only 410 ends all trying."""
    if 200 <= status < 300:
        return Verdict(accepted=True, response_code=status)
    if status == _GONE:
        return Verdict(permanent=True, reason=Reason.GONE, response_code=status)
    reason = Reason.REFUSED
    if 300 <= status < 400:
        reason = Reason.REDIRECTED
    elif status in _THROTTLED:
        reason = Reason.THROTTLED
    return Verdict(reason=reason, response_code=status, retry_after=_wish(retry_after, now))


def _wish(text: str | None, now: datetime) -> timedelta | None:
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 7 * 24 * 3600))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(timedelta(0), moment.replace(tzinfo=moment.tzinfo or UTC) - now)


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to the checked address and to no other, and shows the name in TLS; knows no proxies."""

    def __init__(self, address: CheckedAddress, timeout: float, tls: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=timeout)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Open the connection."""
        self.sock = socket.create_connection((self._address.ip, self._address.port), self.timeout)
        if self._address.uses_tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._address.host)

    def cut(self) -> None:
        """End the connection from another thread, whatever it is waiting for."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline(connection: _PinnedConnection, seconds: float) -> Iterator[threading.Event]:
    """Cut the connection when the time is up: a socket's own time-out starts anew with every byte that drips in."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        connection.cut()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
        connection.close()

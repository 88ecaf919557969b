"""Limits how often one caller may ask: an account that has signed in, or else the address that a request comes from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import flask
from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from chassis.settings import ApiClientSettings, Network

_FREE = ("/health/", "/metrics", "/static/")


class ProcessStorage(Storage):
    """Keeps the library's counts in the memory of this process, each until it expires.

    The library's own storage starts a thread for nearly every request to look for what has expired, and fails where two
    requests start the same one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._looked_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing of it fails."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count and return the sum; ``expiry`` is in seconds, from the first count."""
        with self._lock:
            now = time.time()
            if now - self._looked_at >= expiry:
                self._counts = {name: kept for name, kept in self._counts.items() if kept[1] > now}
                self._looked_at = now
            count, until = self._counts.get(key, (0, 0.0))
            if until <= now:
                count, until = 0, now + expiry
            self._counts[key] = (count + amount, until)
            return count + amount

    def get(self, key: str) -> int:
        """Return the count of a key."""
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when a count expires, in seconds since 1970; now where there is none."""
        return max(self._counts.get(key, (0, 0.0))[1], time.time())

    def check(self) -> bool:
        """Say that it works."""
        return True

    def reset(self) -> int:
        """Forget all counts and return how many there were."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return len(counts)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._lock:
            self._counts.pop(key, None)


def limit_rate(
    flask_app: flask.Flask, settings: ApiClientSettings, *, subject: Callable[[], str | None] = lambda: None
) -> None:
    """Answer 429 to who asks more often in a minute than the settings allow; health and metrics are free.

    ``subject`` names who has signed in for this request. Who comes from an address of our own and asks for nobody else
    is not counted: the portal asks for all its visitors, and counts them itself.
    """
    limiter, limit = FixedWindowRateLimiter(ProcessStorage()), RateLimitItemPerMinute(settings.rate_limit_per_minute)

    @flask_app.before_request
    def count() -> None:
        if flask.request.path.startswith(_FREE):
            return
        caller = subject() or _address(settings.internal_networks)
        if caller is not None and not limiter.hit(limit, caller):
            raise TooManyRequests


def _address(internal: Sequence[Network]) -> str | None:
    """Return whom a request comes from, or None where that is one of our own.

    Of what a proxy says only that is believed which one of our own has added.
    """
    request = flask.request
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    for address in (str(request.remote_addr), *reversed(forwarded)):
        if not _is_within(address, internal):
            return address
    return None


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)

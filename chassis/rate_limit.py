"""Limits how often one caller may ask: an account that has signed in, or else the address that a request comes from."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address

import flask
from flask_limiter import Limiter

from chassis.settings import ApiClientSettings

_FREE = ("/health/", "/metrics", "/static/")
_OWN = "own"
Networks = tuple[IPv4Network | IPv6Network, ...]


def limit_rate(
    flask_app: flask.Flask, settings: ApiClientSettings, *, subject: Callable[[], str | None] = lambda: None
) -> None:
    """Answer 429 to who asks more often in a minute than the settings allow; health and metrics are free.

    ``subject`` names who has signed in for this request. Who comes from an address of our own and asks for nobody else
    is not counted: the portal asks for all its visitors, and counts them itself.
    """

    def caller() -> str:
        return subject() or _address(settings.internal_networks)

    limiter = Limiter(
        key_func=caller,
        app=flask_app,
        default_limits=[f"{settings.rate_limit_per_minute} per minute"],
        headers_enabled=True,
        storage_uri="memory://",
    )
    limiter.request_filter(lambda: flask.request.path.startswith(_FREE) or caller() == _OWN)


def _address(internal: Networks) -> str:
    """Return whom a request comes from; of what a proxy says only that is believed which one of our own has added."""
    request = flask.request
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    for address in (str(request.remote_addr), *reversed(forwarded)):
        if not _is_within(address, internal):
            return address
    return _OWN


def _is_within(address: str, networks: Networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)

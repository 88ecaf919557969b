"""Asks whether any broker answers at all, before a client is made."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from chassis.events.log import EventLogUnavailable

_CONNECT_SECONDS = 3.0


def require_reachable(bootstrap: Sequence[str]) -> None:
    """Raise EventLogUnavailable where no broker takes a connection.

    A client whose constructor fails for want of a broker leaves its thread behind; in a long outage, with
    an attempt every few seconds, that would be thousands.
    """
    for address in bootstrap:
        host, _, port = address.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS):
                return
        except OSError:
            continue
    raise EventLogUnavailable("no Kafka broker takes a connection")

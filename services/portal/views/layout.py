"""What every page shows around its content: who is signed in, and how much is unread."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, current_app, request

from chassis.http_client import ServiceUnavailable
from chassis.ids import new_id
from services.portal.account import Account, current_account
from services.portal.clients.api import ApiProblem
from services.portal.views import clients

_PAUSE_SECONDS = 30


def add_to_every_page(app: Flask) -> None:
    """Give templates the account, the navigation's numbers and the address to come back to."""
    app.extensions["portal_unread_pause"] = [0.0]

    @app.context_processor
    def shared() -> dict[str, Any]:
        account = current_account()
        return {
            "account": account,
            "unread_count": lambda: _unread_count(account),
            "new_form_key": new_id,
            "here": _readable_address(),
        }


def _readable_address() -> str:
    """Return where this page can be read: of an address that takes forms alone, the page on which the form stood."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    adapter, path = current_app.create_url_adapter(request), request.path
    while adapter and path and not adapter.test(path, method="GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def _unread_count(account: Account | None) -> int:
    """Return how much is unread; a page is worth showing without the number, and without waiting for it."""
    pause: list[float] = current_app.extensions["portal_unread_pause"]
    if account is None or time.monotonic() < pause[0]:
        return 0
    try:
        return int(clients().notify.inbox(unread=True, limit=1)["unread_count"])
    except ServiceUnavailable:
        pause[0] = time.monotonic() + _PAUSE_SECONDS
    except ApiProblem:
        pass
    return 0

"""The pages, one module per part of the work; each asks the clients and fills a template, no rules here."""

from __future__ import annotations

from typing import cast

from flask import current_app

from services.portal.clients import Clients


def clients() -> Clients:
    """Return the clients of the app that answers this request."""
    return cast(Clients, current_app.extensions["portal_clients"])


def agency_names() -> dict[str, str]:
    """Return the names of the network's agencies by id, in the order of their names."""
    found = {str(agency["id"]): str(agency["name"]) for agency in clients().identity.agencies()}
    return dict(sorted(found.items(), key=lambda entry: entry[1]))

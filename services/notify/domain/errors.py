"""The rules that can be broken, each by its name."""

from __future__ import annotations


class NotYours(Exception):
    """There is no such thing, or it belongs to somebody else; the two are never told apart."""


class StalePreference(Exception):
    """The preference has changed since it was read."""


class WebhookAddressRefused(Exception):
    """The address may not be used. The detail names the rule, never what the address leads to."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class WebhookEndpointExists(Exception):
    """The agency has registered this address already."""


class TooManyWebhookEndpoints(Exception):
    """The agency has as many endpoints as it may have."""


class PeopleOnly(Exception):
    """Preferences belong to people; a system has none."""

"""Reads an agency's accounts from identity's API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.http_client import ServiceClient, ServiceUnavailable
from services.notify.application.ports import ContactsUnavailable
from services.notify.domain.contact import Contact
from services.notify.domain.message import Language

_PAGES_AT_MOST = 100


class IdentityContacts:
    """The accounts of an agency, as identity knows them."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def accounts_of(self, agency_id: str) -> Sequence[Contact]:
        """Return all active accounts of an agency; raises ContactsUnavailable unless identity gave all of them."""
        contacts: list[Contact] = []
        cursor: str | None = None
        try:
            for _ in range(_PAGES_AT_MOST):
                page = self._page(agency_id, cursor)
                contacts.extend(_contact(agency_id, entry) for entry in page["items"])
                cursor = page.get("next_cursor")
                if not cursor:
                    return contacts
        except (ServiceUnavailable, ValueError, KeyError, TypeError) as error:
            raise ContactsUnavailable from error
        raise ContactsUnavailable

    def _page(self, agency_id: str, cursor: str | None) -> Any:
        answer = self._client.get(f"/agencies/{agency_id}/accounts", params={"cursor": cursor} if cursor else None)
        if answer.status_code == 404:
            return {"items": []}
        if answer.status_code != 200:
            raise ContactsUnavailable
        return answer.json()


def _contact(agency_id: str, entry: Any) -> Contact:
    return Contact(
        account_id=str(entry["account_id"]),
        agency_id=agency_id,
        email=str(entry["email"]),
        language=Language.of(entry.get("language")),
        roles=frozenset(entry["roles"]),
    )

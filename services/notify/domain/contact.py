"""Says who of an agency's people is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.notify.domain.message import Language

_STAFF = frozenset({"caseworker", "supervisor"})
_KEEPERS = frozenset({"municipality_officer"})
_ADMINISTRATORS = frozenset({"agency_administrator"})


@dataclass(frozen=True)
class Contact:
    """A person with an account: where and in which language to write."""

    account_id: str
    agency_id: str
    email: str
    language: Language
    roles: frozenset[str]
    is_active: bool = True


def people_to_tell(contacts: Iterable[Contact]) -> Sequence[Contact]:
    """Return the agency's active staff; its administrators where it has no staff that could act."""
    active = [contact for contact in contacts if contact.is_active]
    return [contact for contact in active if contact.roles & _STAFF] or administrators(active)


def keepers_of_listings(contacts: Iterable[Contact]) -> Sequence[Contact]:
    """Return the active people who keep the agency's listings; its administrators where there are none."""
    active = [contact for contact in contacts if contact.is_active]
    return [contact for contact in active if contact.roles & _KEEPERS] or administrators(active)


def administrators(contacts: Iterable[Contact]) -> Sequence[Contact]:
    """Return the active people who look after the agency's accounts and systems."""
    return [contact for contact in contacts if contact.is_active and contact.roles & _ADMINISTRATORS]

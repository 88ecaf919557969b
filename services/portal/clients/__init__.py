"""Thin typed clients of the other services' APIs; they are all that the portal knows of data."""

from __future__ import annotations

from dataclasses import dataclass

from services.portal.clients.directory import DirectoryClient
from services.portal.clients.identity import IdentityClient
from services.portal.clients.notify import NotifyClient
from services.portal.clients.referral import ReferralClient


@dataclass(frozen=True)
class Clients:
    """One client per service; a view takes them from :func:`services.portal.views.clients`."""

    directory: DirectoryClient
    referral: ReferralClient
    notify: NotifyClient
    identity: IdentityClient

"""The directory's settings."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class DirectorySettings(ServiceSettings):
    """What every service needs, and where the referral service's feed of events is."""

    referral_url: str = setting("REFERRAL_URL", default="")

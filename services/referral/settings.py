"""The settings of the referral service."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.encryption import KeyRing
from chassis.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class ReferralSettings(ServiceSettings):
    """What the referral service needs beyond every service's settings."""

    key_ring: KeyRing = setting("KEY_ENCRYPTION_KEYS", parse=KeyRing.from_setting)  # noqa: RUF009
    directory_url: str = setting("DIRECTORY_URL", default="")
    identity_url: str = setting("IDENTITY_URL", default="")
    notify_url: str = setting("NOTIFY_URL", default="")
    retention_days: int = setting("RETENTION_DAYS", default=30, parse=int)
    clock_every_seconds: int = setting("CLOCK_EVERY_SECONDS", default=15, parse=int)

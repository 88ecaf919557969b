"""Names what this service reads from its environment."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.encryption import KeyRing
from chassis.settings import Network, ServiceSettings, parse_bool, parse_networks, setting


@dataclass(frozen=True, kw_only=True)
class NotifySettings(ServiceSettings):
    """Where the others are, how mail leaves, and which networks webhooks may reach."""

    identity_url: str = setting("IDENTITY_URL")
    referral_url: str = setting("REFERRAL_URL")
    directory_url: str = setting("DIRECTORY_URL", default="")
    portal_url: str = setting("PORTAL_URL")
    key_ring: KeyRing = setting("KEY_ENCRYPTION_KEYS", parse=KeyRing.from_setting)  # noqa: RUF009 - declares
    smtp_host: str = setting("SMTP_HOST")
    smtp_port: int = setting("SMTP_PORT", default=587, parse=int)
    smtp_from: str = setting("SMTP_FROM")
    smtp_starttls: bool = setting("SMTP_STARTTLS", default=True, parse=parse_bool)
    smtp_username: str = setting("SMTP_USERNAME", default="")
    smtp_password: str = setting("SMTP_PASSWORD", default="")
    webhook_allowed_networks: tuple[Network, ...] = setting(
        "WEBHOOK_ALLOWED_NETWORKS", default=(), parse=parse_networks
    )

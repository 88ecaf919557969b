"""The settings of identity's processes."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.encryption import KeyRing
from chassis.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class IdentitySettings(ServiceSettings):
    """What identity needs beyond what every service needs."""

    key_ring: KeyRing = setting("KEY_ENCRYPTION_KEYS", parse=KeyRing.from_setting)  # noqa: RUF009
    portal_url: str = setting("PORTAL_URL")
    service_client_secrets: str = setting("SERVICE_CLIENT_SECRETS", default="")
    demo_password: str = setting("DEMO_PASSWORD", default="")
    demo_seed: str = setting("DEMO_SEED", default="")

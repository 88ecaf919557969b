"""What the portal reads from its environment."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import ApiClientSettings, setting

_SHORTEST_KEY = 32


def _parse_keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if not keys or any(len(key) < _SHORTEST_KEY for key in keys):
        raise ValueError(f"each key needs {_SHORTEST_KEY} characters or more; separate several by commas")
    return keys


def _parse_url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("it must begin with http:// or https://")
    return text.rstrip("/")


@dataclass(frozen=True, kw_only=True)
class PortalSettings(ApiClientSettings):
    """``session_keys``: the first one encrypts cookies, the others still open cookies from before a change of key."""

    portal_url: str = setting("PORTAL_URL", parse=_parse_url)
    directory_url: str = setting("DIRECTORY_URL", parse=_parse_url)
    referral_url: str = setting("REFERRAL_URL", parse=_parse_url)
    notify_url: str = setting("NOTIFY_URL", parse=_parse_url)
    identity_url: str = setting("IDENTITY_URL", parse=_parse_url)
    session_keys: tuple[str, ...] = setting("SESSION_KEY", parse=_parse_keys)
    idle_minutes: int = setting("SESSION_IDLE_MINUTES", default=30, parse=int)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the portal over TLS."""
        return self.portal_url.startswith("https://")

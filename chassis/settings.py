"""Reads a process's settings from its environment and names every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Self

Network = IPv4Network | IPv6Network


class SettingsError(Exception):
    """The environment is not fit to start with; the message lists each fault on its own line."""


def setting(name: str, *, default: Any = MISSING, parse: Callable[[str], Any] = str) -> Any:
    """Declare a dataclass field that is read from the environment variable ``name``.

    Without a default the variable is required. ``parse`` turns the text into the value and raises
    ValueError for text that does not fit; an empty variable counts as absent.
    """
    metadata = {"environment": name, "parse": parse}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def parse_bool(text: str) -> bool:
    """Read ``true``/``false``, ``yes``/``no``, ``on``/``off`` or ``1``/``0``."""
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise ValueError("use true or false") from None


def parse_positive(text: str) -> float:
    """Read a number above zero."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError("use a number above zero")
    return number


def parse_list(text: str) -> tuple[str, ...]:
    """Read a comma-separated list; blanks around the entries are dropped."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read a comma-separated list of networks such as ``172.30.0.0/16``; an address alone is a network of one."""
    return tuple(ip_network(part) for part in parse_list(text))


def parse_engine(text: str) -> str:
    """Read the name of the event log engine."""
    if text not in ("postgres", "kafka"):
        raise ValueError("use postgres or kafka")
    return text


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of all settings; subclasses declare fields with :func:`setting`."""

    log_level: str = setting("LOG_LEVEL", default="INFO")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Build the settings, or raise :class:`SettingsError` that lists every missing or unfit variable."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        for declared in fields(cls):
            name = declared.metadata["environment"]
            text = environment.get(name, "").strip()
            if not text:
                if declared.default is MISSING:
                    faults.append(f"{name} is not set")
                continue
            try:
                values[declared.name] = declared.metadata["parse"](text)
            except ValueError as error:
                faults.append(f"{name} is not valid: {error}")
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class ApiClientSettings(Settings):
    """What a process needs to be a client of the token issuer, to check the issuer's tokens, and to limit callers.

    ``internal_networks`` are those of this system's own services and proxies; see :mod:`chassis.rate_limit`.
    """

    issuer: str = setting("ISSUER")
    audience: str = setting("AUDIENCE", default="lidhja")
    jwks_url_override: str = setting("JWKS_URL", default="")
    token_url_override: str = setting("TOKEN_URL", default="")
    client_id: str = setting("CLIENT_ID", default="")
    client_secret: str = setting("CLIENT_SECRET", default="")
    rate_limit_per_minute: int = setting("RATE_LIMIT_PER_MINUTE", default=1200, parse=int)
    internal_networks: tuple[Network, ...] = setting("INTERNAL_NETWORKS", default=(), parse=parse_networks)

    @property
    def jwks_url(self) -> str:
        """Where the issuer's public keys are read."""
        return self.jwks_url_override or f"{self.issuer}/oauth/jwks"

    @property
    def token_url(self) -> str:
        """Where this process gets tokens of its own."""
        return self.token_url_override or f"{self.issuer}/oauth/token"


@dataclass(frozen=True, kw_only=True)
class ServiceSettings(ApiClientSettings):
    """What every service with a database and events needs."""

    database_url: str = setting("DATABASE_URL")
    events_engine: str = setting("EVENTS_ENGINE", default="postgres", parse=parse_engine)
    events_database_url: str = setting("EVENTS_DATABASE_URL", default="")
    kafka_bootstrap: tuple[str, ...] = setting("KAFKA_BOOTSTRAP", default=(), parse=parse_list)
    kafka_replication: int = setting("KAFKA_REPLICATION", default=1, parse=int)
    max_body_bytes: int = setting("MAX_BODY_BYTES", default=1024 * 1024, parse=int)

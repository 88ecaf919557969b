"""Keeps webhooks out of private networks: every address behind a URL is checked before anything connects."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from chassis.settings import Network
from services.notify.domain.errors import WebhookAddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Sequence[str]]

# The IANA IPv4 and IPv6 special-purpose registries, with multicast; 2000::/3 is all of IPv6 that is in use.
_FORBIDDEN_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
# Documentation, benchmarking, and the tunnels that would carry a forbidden IPv4 address inside (Teredo, 6to4).
_FORBIDDEN_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_PUBLIC_PORTS = frozenset({443, 8443})
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z", re.I)
_NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z", re.I)


@dataclass(frozen=True)
class CheckedAddress:
    """Where to connect, and what to say there: only `ip` may be connected to, never the name again."""

    ip: str
    port: int
    host: str
    host_header: str
    target: str
    uses_tls: bool


class AddressGuard:
    """Resolves a name once and answers with an address that may be connected to, or refuses.

    `allowed_networks` are private networks that the installation's owner has opened on purpose; inside
    them plain http and any port are let through as well.
    """

    def __init__(self, allowed_networks: Iterable[Network] = (), *, resolve: Resolver | None = None) -> None:
        self._allowed = tuple(allowed_networks)
        self._resolve = resolve or resolve_by_system

    def check(self, url: str) -> CheckedAddress:
        """Return the checked address of a URL; raises :class:`WebhookAddressRefused`."""
        parts = _split(url)
        host = str(parts.hostname)
        addresses = self._addresses(host)
        is_inside = all(self._is_allowed(address) for address in addresses)
        if not is_inside and not all(self._is_allowed(address) or is_public(address) for address in addresses):
            raise WebhookAddressRefused("The address does not lead to a public system.")
        uses_tls = parts.scheme == "https"
        port = parts.port or (443 if uses_tls else 80)
        if not is_inside and not (uses_tls and port in _PUBLIC_PORTS):
            raise WebhookAddressRefused("Use https on port 443 or 8443.")
        return CheckedAddress(
            ip=str(addresses[0]),
            port=port,
            host=host,
            host_header=parts.netloc,
            target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            uses_tls=uses_tls,
        )

    def _addresses(self, host: str) -> Sequence[Address]:
        literal = _literal(host)
        if literal is not None:
            return [literal]
        try:
            found = [ipaddress.ip_address(text) for text in self._resolve(host)]
        except (OSError, ValueError):
            found = []
        if not found:
            # The same words as for a private address: the answer must not be a way to look around inside.
            raise WebhookAddressRefused("The address does not lead to a public system.")
        return found

    def _is_allowed(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self._allowed)


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet; an address that wraps another one does not."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _FORBIDDEN_V4)
    if address.scope_id is not None or address not in _UNICAST_V6:
        return False
    return not any(address in network for network in _FORBIDDEN_V6)


def resolve_by_system(host: str) -> Sequence[str]:
    """Return every A and AAAA answer for a name."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _split(url: str) -> SplitResult:
    if not url.isascii() or any(character <= " " or character in '\\"<>^`{|}' for character in url):
        raise WebhookAddressRefused("Write the address in plain ASCII, without blanks.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebhookAddressRefused("The address cannot be read.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise WebhookAddressRefused("Use an https address.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise WebhookAddressRefused("Leave user names and passwords out of the address.")
    if parts.fragment or "#" in url:
        raise WebhookAddressRefused("Leave the fragment out of the address.")
    if parts.netloc.endswith(":"):
        raise WebhookAddressRefused("The address cannot be read.")
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        # Resolvers read 127.1, 0x7f000001 and 2130706433 as addresses; no public name ends in a number.
        if not _HOST.match(host) or _NUMERIC_LABEL.match(host.rsplit(".", 1)[-1]):
            raise WebhookAddressRefused("The address has no proper host name.") from None
        return None

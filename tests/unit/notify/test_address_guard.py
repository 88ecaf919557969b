"""Webhooks never reach a private network, however the address is written."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.adapters.address_guard import AddressGuard, is_public
from services.notify.adapters.webhook import HttpWebhookSender
from services.notify.application.ports import WebhookCall
from services.notify.domain.delivery import Reason
from services.notify.domain.errors import WebhookAddressRefused
from tests.support.clock import NOON

PUBLIC_V4, PUBLIC_V6 = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
HOSTILE_URLS = [
    "http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://localhost./", "https://[::1]/",
    "https://0.0.0.0/", "https://0/", "https://[::]/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1.:443/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.254/", "https://192.168.1.1/", "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[fe80::1%25lo]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[2001:db8::1]/", "https://[fec0::1]/",
    "https://[ff02::1]/", "https://[100::1]/", "https://[5f00::1]/", "https://[3fff::1]/",
    "https://198.18.0.1/", "https://192.0.2.1/", "https://203.0.113.9/", "https://224.0.0.1/", "https://255.255.255.255/",
    "https://240.0.0.1/", "https://192.88.99.1/", "https://192.0.0.192/",
    "https://user@public.test/", "https://public.test@127.0.0.1/", "https://public.test:443@127.0.0.1/",
    "https://127.0.0.1\\@public.test/", "https://127.0.0.1#@public.test/", "https://public.test#x",
    "https://public.test:22/", "https://public.test:0/", "https://public.test:99999/", "https://public.test:/",
    "http://public.test/", "http://public.test:443/", "ftp://public.test/", "file:///etc/passwd",
    "gopher://127.0.0.1:70/", "dict://127.0.0.1/", "//public.test/", "public.test", "https:///", "https://",
    "https://１２７.０.０.１/", "https://ⓛocalhost/", "https://127。0。0。1/", "https://public.test/ x",
    "https://public.test/\r\nX: y",
    "https://public.test/\t", " https://127.0.0.1/", "https://pub_lic.example/", "https://-public.test/", "https://[::1",
    "https://public..example/", "https://inside.example/", "https://mixed.example/", "https://six.example/", "https://nowhere.example/",
    "https://mapped.example/", "https://nat64.example/", "https://empty.example/", "javascript:alert(1)",
]  # fmt: skip
ANSWERS = {
    "public.test": [PUBLIC_V4, PUBLIC_V6],
    "inside.example": ["10.1.2.3"],
    "mixed.example": [PUBLIC_V4, "127.0.0.1"],
    "six.example": [PUBLIC_V4, "fd00::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "nat64.example": ["64:ff9b::a00:1"],
    "localhost": ["127.0.0.1", "::1"],
    "empty.example": [],
}


def resolve(host: str) -> Sequence[str]:
    if host not in ANSWERS:
        raise socket.gaierror
    return ANSWERS[host]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection that anything tries to open; none succeeds."""
    tried: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_a_hostile_address_is_refused_and_never_connected_to(url: str, connections: list[object]) -> None:
    guard = AddressGuard(resolve=resolve)
    with pytest.raises(WebhookAddressRefused):
        guard.check(url)
    verdict = HttpWebhookSender(guard).send(WebhookCall("id", url, b"s" * 32, b"{}"), now=NOON)
    assert verdict.reason is Reason.ADDRESS_REFUSED
    assert connections == []


def test_a_name_that_turns_inside_between_two_attempts_is_not_followed(connections: list[object]) -> None:
    answers = iter([[PUBLIC_V4], ["127.0.0.1"], [PUBLIC_V4]])
    sender = HttpWebhookSender(AddressGuard(resolve=lambda _: next(answers)))
    call = WebhookCall("id", "https://rebind.example/hook", b"s" * 32, b"{}")
    reasons = [sender.send(call, now=NOON).reason for _ in range(3)]
    assert reasons == [Reason.CONNECTION_FAILED, Reason.ADDRESS_REFUSED, Reason.CONNECTION_FAILED]
    assert connections == [(PUBLIC_V4, 443), (PUBLIC_V4, 443)]


def test_a_name_is_resolved_once_per_attempt(connections: list[object]) -> None:
    asked: list[str] = []

    def count(host: str) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC_V4]

    HttpWebhookSender(AddressGuard(resolve=count)).send(
        WebhookCall("id", "https://rebind.example/", b"s" * 32, b"{}"), now=NOON
    )
    assert asked == ["rebind.example"]


def test_proxies_of_the_environment_are_not_used(connections: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    guard = AddressGuard(resolve=resolve)
    HttpWebhookSender(guard).send(WebhookCall("id", "https://public.test/", b"s" * 32, b"{}"), now=NOON)
    assert connections == [(PUBLIC_V4, 443)]


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


def test_a_public_address_keeps_its_name_for_host_and_tls() -> None:
    checked = AddressGuard(resolve=resolve).check("https://public.test:8443/hook?a=b")
    assert (checked.ip, checked.port, checked.host, checked.host_header) == (
        PUBLIC_V4, 8443, "public.test", "public.test:8443",
    )  # fmt: skip
    assert (checked.target, checked.uses_tls) == ("/hook?a=b", True)


def test_a_network_opened_on_purpose_lets_plain_http_in_and_no_other_network() -> None:
    guard = AddressGuard([ipaddress.ip_network("10.1.0.0/16")], resolve=resolve)
    assert guard.check("http://inside.example:9000/").ip == "10.1.2.3"
    for url in ("http://public.test/", "http://127.0.0.1/", "https://mixed.example/"):
        with pytest.raises(WebhookAddressRefused):
            guard.check(url)

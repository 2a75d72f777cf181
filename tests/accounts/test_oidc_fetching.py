"""Addresses that leads type are reached on the public internet alone."""

import socket
import time
from threading import Event, Thread
from typing import Any

import pytest

from tests.accounts.scripted_provider import ScriptedProvider
from tia_hub.accounts.oidc import fetching
from tia_hub.accounts.oidc.fetching import Fetcher
from tia_hub.accounts.oidc.types import ProviderFault

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:db8::1",
]


def answer_with(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Have every name lead to these addresses."""

    def look_up(host: str, port: int, **rest: Any) -> list[Any]:
        return [(None, None, None, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    answer_with(monkeypatch, address)
    with pytest.raises(ProviderFault, match="not on the public internet"):
        Fetcher(frozenset()).get("https://login.example.org/")


def test_a_name_that_leads_inside_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, "93.184.215.14", "10.0.0.1")
    with pytest.raises(ProviderFault, match="not on the public internet"):
        Fetcher(frozenset()).get("https://login.example.org/")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_what_was_checked_is_what_is_reached(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """A name is looked up once: a second answer can't lead elsewhere."""
    reached = []

    def connect(target: tuple[str, int], timeout: float) -> None:
        reached.append(target)
        raise OSError("far away")

    answer_with(monkeypatch, address)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ProviderFault, match="could not be reached"):
        Fetcher(frozenset()).get("https://login.example.org/")
    assert reached == [(address, 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.org",
        "http://localhost/",
        "ftp://login.example.org",
        "file:///etc/passwd",
        "gopher://login.example.org",
        "https://",
        "https:///path",
        "https://user:password@login.example.org",
        "https://login.example.org#part",
        "https://login.example.org/a b",
        "https://login.example.org/\r\nHost: evil",
        "https://login.example.org:99999",
        "https://[::1",
        "https://login.example.org/ŵ",
        "//login.example.org",
        "login.example.org",
        "",
        "https://login.example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_such_address_is_refused(url: str) -> None:
    with pytest.raises(ProviderFault):
        Fetcher(frozenset()).get(url)


@pytest.mark.parametrize("url", ["https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://127.1/"])
def test_other_ways_to_write_an_address_inside_lead_nowhere(url: str) -> None:
    with pytest.raises(ProviderFault):
        Fetcher(frozenset()).get(url)


def test_the_operator_may_allow_a_host(scripted_provider: ScriptedProvider) -> None:
    url = f"{scripted_provider.issuer}/.well-known/openid-configuration"
    assert Fetcher(frozenset({"localhost"})).get(url)["issuer"] == scripted_provider.issuer
    with pytest.raises(ProviderFault):
        Fetcher(frozenset()).get(url)


def test_a_certificate_has_to_be_the_hosts_own(scripted_provider: ScriptedProvider) -> None:
    """Here the server does not even speak TLS."""
    with pytest.raises(ProviderFault, match="could not be reached"):
        Fetcher(frozenset({"localhost"})).get(scripted_provider.issuer.replace("http://", "https://"))


def test_a_server_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_WAIT", 0.3)
    server, over = socket.create_server(("127.0.0.1", 0)), Event()

    def trickle() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.05):
                try:
                    connection.sendall(b"X-More: and more\r\n")
                except OSError:
                    return

    thread = Thread(target=trickle, daemon=True)
    thread.start()
    began = time.monotonic()
    with pytest.raises(ProviderFault):
        Fetcher(frozenset({"localhost"})).get(f"http://localhost:{server.getsockname()[1]}/")
    assert time.monotonic() - began < 2
    over.set()
    server.close()
    thread.join(5)

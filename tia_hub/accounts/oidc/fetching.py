"""Fetching from addresses that others typed: whatever they name, nothing inside our own network is reached (ADR 19).

A host's addresses are looked up once, all of them are checked, and the connection goes to what was checked, so that a name
can't answer differently the second time. Redirects are not followed. Time and size are limited.
"""

import base64
import http.client
import json
import socket
import ssl
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, quote_plus, urlencode, urlsplit

from tia_hub.accounts.oidc.types import ProviderFault

PATIENCE = 5.0
"""Seconds without a sign of the server."""
LONGEST_WAIT = 8.0
"""Seconds for one answer in all, however slowly it comes."""
MOST_BYTES = 256 * 1024
LONGEST_ADDRESS = 2000
LOCAL = frozenset({"localhost", "127.0.0.1"})
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 one."""

Address = IPv4Address | IPv6Address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


class _ToAddress(http.client.HTTPConnection):
    """A connection to an address that was checked, for the host that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self._address = address
        self._secure = secure

    def connect(self) -> None:
        """Connect; with TLS the certificate has to be the host's."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def cut(self) -> None:
        """End whatever is under way, from another thread."""
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class Fetcher:
    """Fetches JSON from identity providers; each method raises ProviderFault."""

    def __init__(self, internal_hosts: frozenset[str]) -> None:
        self._internal_hosts = internal_hosts

    def check(self, url: str) -> SplitResult:
        """An address in parts, if it is one that may be reached as far as can be seen by itself."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            host, parts = "", urlsplit("")
        plain = parts.scheme == "http" and host in LOCAL and host in self._internal_hosts
        odd = parts.username or parts.fragment or not url.isascii() or not url.isprintable() or " " in url
        if not host or odd or len(url) > LONGEST_ADDRESS or not (parts.scheme == "https" or plain):
            raise ProviderFault("An address of the provider is not one that can be used: it has to begin with https://")
        return parts

    def get(self, url: str, *, bearer: str | None = None) -> dict[str, Any]:
        """The JSON object at an address."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        status, content = self._send("GET", url, None, headers)
        if status != 200:
            raise ProviderFault(f"The provider’s server at {urlsplit(url).hostname} answered with an error ({status})")
        return _read(content)

    def post(self, url: str, fields: dict[str, str], *, basic: tuple[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that answers a form; `basic` is a client's name and secret as a header."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if basic:
            pair = ":".join(map(quote_plus, basic)).encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        status, content = self._send("POST", url, urlencode(fields), headers)
        if status in (400, 401, 403):
            code = _read(content).get("error")
            what = {"invalid_client": "the client ID or the client secret is not right"}.get(
                str(code), "it refused the request"
            )
            raise ProviderFault(f"The provider gave no token: {what}")
        if status != 200:
            raise ProviderFault(f"The provider’s server at {urlsplit(url).hostname} answered with an error ({status})")
        return _read(content)

    def _look_up(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            raise ProviderFault(f"There is no server called {host}") from fault
        addresses = [str(entry[4][0]) for entry in found]
        if host not in self._internal_hosts and not all(_is_public(ip_address(each.split("%")[0])) for each in addresses):
            raise ProviderFault(f"{host} is not on the public internet. Whoever runs TIA Hub has to allow it first")
        return addresses[0]

    def _send(self, method: str, url: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        parts = self.check(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        connection = _ToAddress(host, port, self._look_up(host, port), secure=secure)
        timer = Timer(LONGEST_WAIT, connection.cut)
        timer.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, {"Accept": "application/json", "User-Agent": "TIA Hub", **headers})
            response = connection.getresponse()
            return response.status, _read_all(response, host)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise ProviderFault(f"The provider’s server at {host} could not be reached") from fault
        finally:
            timer.cancel()
            connection.close()


def _read_all(response: http.client.HTTPResponse, host: str) -> bytes:
    content = b""
    while chunk := response.read1(16 * 1024):
        content += chunk
        if len(content) > MOST_BYTES:
            raise ProviderFault(f"The provider’s server at {host} answered with too much")
    return content


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise ProviderFault("The provider answered with something that is not JSON") from fault
    if not isinstance(found, dict):
        raise ProviderFault("The provider answered with something that is not a JSON object")
    return found

"""What providers say about themselves and the keys they sign with, kept for an hour in each process."""

import time
from collections.abc import Sequence
from threading import Lock
from typing import Any

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from tia_hub.accounts.oidc.fetching import Fetcher
from tia_hub.accounts.oidc.types import Metadata, ProviderFault, PublicKey

KEPT = 3600.0
"""Seconds that what a provider said holds."""
FAULT_KEPT = 10.0
"""Seconds before a provider that could not be reached is asked again, so that pages don't wait for it one after another."""
MOST_PROVIDERS = 2000
MOST_KEYS = 50
SHORTEST_RSA = 2048


class Directory:
    """The providers that were asked, by issuer. Each method raises ProviderFault."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self._lock = Lock()
        self._kept: dict[tuple[str, str], tuple[float, Any]] = {}

    def describe(self, issuer: str, *, anew: bool = False) -> Metadata:
        """What the provider says of itself; `anew` asks again whatever is known."""
        found: Metadata = self._get(("metadata", issuer), anew, lambda: self._discover(issuer))
        return found

    def list_keys(self, metadata: Metadata, *, anew: bool = False) -> Sequence[tuple[str | None, PublicKey]]:
        """The keys that the provider signs with, each with its identifier: asymmetric ones alone."""
        found: Sequence[tuple[str | None, PublicKey]] = self._get(
            ("keys", metadata.jwks_uri), anew, lambda: self._load_keys(metadata.jwks_uri)
        )
        return found

    def _get(self, key: tuple[str, str], anew: bool, load: Any) -> Any:
        with self._lock:
            good_until, found = self._kept.get(key, (0.0, None))
        if anew or time.monotonic() > good_until:
            kept = KEPT
            try:
                found = load()
            except ProviderFault as fault:
                found, kept = fault, FAULT_KEPT
            with self._lock:
                if len(self._kept) >= MOST_PROVIDERS:
                    self._kept.clear()
                self._kept[key] = time.monotonic() + kept, found
        if isinstance(found, ProviderFault):
            raise found
        return found

    def _discover(self, issuer: str) -> Metadata:
        self.fetcher.check(issuer)
        found = self.fetcher.get(get_well_known_url(issuer, external=True))
        if found.get("issuer") != issuer:
            raise ProviderFault("The provider says that its issuer is another one than the address that was entered")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self.fetcher.check(str(found.get(name)))
        userinfo = found.get("userinfo_endpoint")
        if userinfo is not None:
            self.fetcher.check(str(userinfo))
        challenges = found.get("code_challenge_methods_supported")
        if isinstance(challenges, list) and "S256" not in challenges:
            raise ProviderFault("The provider does not support PKCE with S256")
        methods = found.get("token_endpoint_auth_methods_supported")
        return Metadata(
            issuer=issuer,
            authorization_endpoint=str(found["authorization_endpoint"]),
            token_endpoint=str(found["token_endpoint"]),
            jwks_uri=str(found["jwks_uri"]),
            userinfo_endpoint=str(userinfo) if userinfo is not None else None,
            secret_in_form=isinstance(methods, list) and "client_secret_basic" not in methods,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _load_keys(self, jwks_uri: str) -> Sequence[tuple[str | None, PublicKey]]:
        found = self.fetcher.get(jwks_uri).get("keys")
        keys = [key for each in found[:MOST_KEYS] if (key := _usable(each))] if isinstance(found, list) else []
        if not keys:
            raise ProviderFault("The provider names no key that can be used (RSA of 2,048 bits or more, or an elliptic curve)")
        return keys


def _usable(found: Any) -> tuple[str | None, PublicKey] | None:
    """A key, where it can check a signature and nobody but the provider can have made one with it."""
    if not isinstance(found, dict) or found.get("kty") not in ("RSA", "EC") or found.get("use", "sig") != "sig":
        return None
    try:
        key = import_key(found)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < SHORTEST_RSA:
        return None
    if not isinstance(key, RSAKey | ECKey):
        return None
    kid = found.get("kid")
    return (kid if isinstance(kid, str) else None), key

"""The authorization code flow with PKCE: the way to the provider, and what is believed of what comes back."""

import hmac
from collections.abc import Mapping
from typing import Any

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError

from tia_hub.accounts.oidc.directory import Directory
from tia_hub.accounts.oidc.types import Client, Metadata, Pending, ProviderFault, Vouched

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
"""Signatures that only the provider can make: none of them, and none that our own secret could make, is not among them."""
LEEWAY = 60
"""Seconds that the provider's clock may be ahead of ours or behind."""
SCOPE = "openid email profile"
MANY_FACTORS = "mfa"
"""What a provider names (RFC 8176) where it asked for more than one factor."""
LONGEST = 255


def begin(directory: Directory, client: Client, *, login_hint: str = "") -> tuple[str, Pending]:
    """The address at the provider to send the browser to, and what to keep until it comes back."""
    metadata = directory.describe(client.issuer)
    pending = Pending(issuer=client.issuer, state=generate_token(43), nonce=generate_token(43), verifier=generate_token(64))
    address = prepare_grant_uri(
        metadata.authorization_endpoint,
        client.client_id,
        "code",
        redirect_uri=client.redirect_uri,
        scope=SCOPE,
        state=pending.state,
        nonce=pending.nonce,
        code_challenge=create_s256_code_challenge(pending.verifier),  # type: ignore[no-untyped-call]
        code_challenge_method="S256",
        **({"login_hint": login_hint} if login_hint else {}),
    )
    return str(address), pending


def finish(directory: Directory, client: Client, pending: Pending, answer: Mapping[str, str]) -> Vouched:
    """Who has signed in, from the parameters that the browser brought back; the caller has found `pending` by their state."""
    if pending.issuer != client.issuer:
        raise ProviderFault("The provider was changed while somebody was signing in")
    metadata = directory.describe(client.issuer)
    named = answer.get("iss")
    if named != client.issuer and (named is not None or metadata.names_itself):
        raise ProviderFault("The answer came from another provider than the one that was asked")
    if "error" in answer or not answer.get("code"):
        raise ProviderFault("The provider did not let the person sign in, or they stopped there")
    token = _redeem(directory, client, metadata, pending, answer["code"])
    access_token = token.get("access_token")
    claims = _verify(directory, client, metadata, pending, token.get("id_token"), access_token)
    return _vouched(client.issuer, claims, _complete(directory, metadata, claims, access_token))


def check(directory: Directory, client: Client) -> None:
    """Ask the provider for all that can be asked without a person: what it says of itself, and its keys."""
    directory.list_keys(directory.describe(client.issuer, anew=True), anew=True)


def _redeem(directory: Directory, client: Client, metadata: Metadata, pending: Pending, code: str) -> dict[str, Any]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": pending.verifier,
    }
    if metadata.secret_in_form:
        fields |= {"client_id": client.client_id, "client_secret": client.client_secret}
        return directory.fetcher.post(metadata.token_endpoint, fields)
    return directory.fetcher.post(metadata.token_endpoint, fields, basic=(client.client_id, client.client_secret))


def _verify(
    directory: Directory, client: Client, metadata: Metadata, pending: Pending, id_token: object, access_token: object
) -> CodeIDToken:
    if not isinstance(id_token, str):
        raise ProviderFault("The provider answered without an ID token")
    try:
        header = jws.extract_compact(id_token.encode()).headers()
    except (JoseError, ValueError) as fault:
        raise ProviderFault("The provider’s ID token can’t be read") from fault
    if header.get("alg") not in ALGORITHMS:
        raise ProviderFault("The provider’s ID token is not signed in a way that can be trusted, such as RS256 or ES256")
    # A key that is not known may be new: the keys are fetched once more, and not again.
    token = _signed(directory, metadata, id_token, header, anew=False) or _signed(
        directory, metadata, id_token, header, anew=True
    )
    if token is None:
        raise ProviderFault("The provider’s ID token is not signed with one of the provider’s keys")
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": client.issuer},
            "aud": {"essential": True, "value": client.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
        },
        params={"client_id": client.client_id, "access_token": access_token},
    )
    try:
        claims.validate(leeway=LEEWAY)
    except (JoseError, TypeError, ValueError) as fault:
        raise ProviderFault(f"The provider’s ID token is not to be believed: {_what_is_wrong(fault)}") from fault
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), pending.nonce.encode()):
        raise ProviderFault("The provider’s ID token was made for another sign-in")
    return claims


def _what_is_wrong(fault: Exception) -> str:
    claim = getattr(fault, "claim", None)
    if claim in ("exp", "iat", "nbf") or getattr(fault, "error", "") in ("expired_token", "invalid_token"):
        return "by its times it is too old or not valid yet. Check the clocks"
    if claim in ("iss", "aud", "azp"):
        return "it was made by or for somebody else"
    return "it is not complete"


def _signed(directory: Directory, metadata: Metadata, id_token: str, header: dict[str, Any], *, anew: bool) -> jwt.Token | None:
    for kid, key in directory.list_keys(metadata, anew=anew):
        if header.get("kid") in (None, kid):
            try:
                return jwt.decode(id_token, key, algorithms=[header["alg"]])
            except (JoseError, ValueError):
                continue
    return None


def _complete(directory: Directory, metadata: Metadata, claims: Mapping[str, Any], access_token: object) -> Mapping[str, Any]:
    """The claims with those that the provider tells only when asked, if the address is not among the first."""
    if claims.get("email") or metadata.userinfo_endpoint is None or not isinstance(access_token, str):
        return claims
    more = directory.fetcher.get(metadata.userinfo_endpoint, bearer=access_token)
    if more.get("sub") != claims["sub"]:
        raise ProviderFault("The provider told about somebody else than who has signed in")
    return {**more, **claims}


def _vouched(issuer: str, claims: Mapping[str, Any], details: Mapping[str, Any]) -> Vouched:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or not subject.isprintable():
        raise ProviderFault("The provider’s ID token names nobody")
    methods = claims.get("amr")
    return Vouched(
        issuer=issuer,
        subject=subject,
        email=_text(details, "email").lower(),
        # Some providers vouch for their own domain and say nothing; one that says anything but yes has not verified it.
        email_refuted="email_verified" in details and str(details["email_verified"]).lower() != "true",
        name=_text(details, "name"),
        hosted_domain=_text(claims, "hd").lower(),
        second_factor=isinstance(methods, list) and MANY_FACTORS in methods,
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    good = isinstance(found, str) and len(found) <= LONGEST and found.isprintable()
    return found.strip() if good and isinstance(found, str) else ""

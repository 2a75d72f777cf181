"""What is known of a provider, what is kept while somebody is there, and what it vouches for."""

from dataclasses import dataclass

from joserfc.jwk import ECKey, RSAKey

PublicKey = RSAKey | ECKey


class ProviderFault(Exception):
    """The provider can't be reached, is not set up right, or said something that is not to be believed; the message says what,
    in words for who set it up. It never holds anything of a person or a secret."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """This installation as a provider knows it."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a provider says of itself (OpenID Connect Discovery), each address checked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    secret_in_form: bool
    """Whether it takes the client's secret in the form alone, and not as a header."""
    names_itself: bool
    """Whether each of its answers has to say whose it is (RFC 9207)."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """One sign-in under way: what the provider's answer is held to."""

    issuer: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """Who a provider says has signed in."""

    issuer: str
    subject: str
    """The provider's own identifier for them, which stays when names and addresses change."""
    email: str
    """In lower case; empty where it named none."""
    email_refuted: bool
    """Whether the provider says that it has not verified the address."""
    name: str
    hosted_domain: str
    """The Google Workspace they belong to; empty with any other provider."""
    second_factor: bool
    """Whether the provider says that it asked for more than one factor."""

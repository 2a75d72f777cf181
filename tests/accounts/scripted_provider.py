"""An OpenID Connect provider that speaks real HTTP and does what a test tells it, good or bad."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Claims = dict[str, Any]
CLIENT_ID, CLIENT_SECRET = "tia hub", "a secret: of/the+test"


def _same(value: Any) -> Any:
    return value


@dataclass
class Script:
    """What the provider does; by default all that is right, for the person of `claims`."""

    claims: Claims = field(default_factory=dict)
    twist: Callable[[Claims], Claims] = _same
    """Changes the ID token's claims before they are signed."""
    alg: str = "RS256"
    header: Claims = field(default_factory=dict)
    describe: Callable[[Claims], Claims] = _same
    """Changes what the provider says of itself."""
    answer: Callable[[dict[str, str]], dict[str, str]] = _same
    """Changes the parameters that the browser is sent back with."""
    token: Callable[[str], str] = _same
    """Changes the signed ID token."""
    body: bytes | None = None
    """What every page answers instead."""
    status: int = 200
    location: str = ""
    only_at_userinfo: bool = False
    userinfo: Callable[[Claims], Claims] = _same


class ScriptedProvider:
    """Answers at `issuer` until it is closed."""

    def __init__(self) -> None:
        self.script = Script()
        self.keys = [RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})]
        self.published = self.keys
        self.seen: list[tuple[str, dict[str, str]]] = []
        """The paths that were asked for, each with its parameters."""
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, Claims] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.serve(self, {})

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.serve(self, {name: values[0] for name, values in parse_qs(sent).items()})

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://localhost:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self, *, kid: str = "second", curve: str | None = None) -> None:
        """Sign with a new key from now on."""
        options = {"kid": kid, "use": "sig"}
        self.keys = [ECKey.generate_key(curve, options) if curve else RSAKey.generate_key(2048, options)]
        self.published = self.keys

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for each, _ in self.seen if each == path)

    def serve(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        parts = urlsplit(request.path)
        values = {name: found[0] for name, found in parse_qs(parts.query).items()} | form
        self.seen.append((parts.path, values))
        headers, status = {"Content-Type": "application/json"}, self.script.status
        body = self.script.body
        if self.script.location:
            status, headers["Location"] = 302, self.script.location
        elif body is None and parts.path == "/authorize":
            status, headers["Location"] = 302, self._authorize(values)
        elif body is None:
            status, found = self._answer(parts.path, values, request.headers.get("Authorization", ""))
            body = json.dumps(found).encode()
        request.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body or b""))}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body or b"")

    def _answer(self, path: str, values: dict[str, str], authorization: str) -> tuple[int, Claims]:
        if path == "/.well-known/openid-configuration":
            return self.script.status, self.script.describe(self._describe())
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/token":
            return self._token(values, authorization)
        if path == "/userinfo":
            return 200, self.script.userinfo(self._tokens[authorization.removeprefix("Bearer ")])
        return 404, {}

    def _describe(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _authorize(self, values: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self._codes[code] = values
        answer = self.script.answer({"code": code, "state": values["state"], "iss": self.issuer})
        return f"{values['redirect_uri']}?{urlencode(answer)}"

    def _token(self, values: dict[str, str], authorization: str) -> tuple[int, Claims]:
        asked = self._codes.pop(values["code"], None)
        basic = base64.b64encode(urlencode({CLIENT_ID: CLIENT_SECRET}).replace("=", ":").encode()).decode()
        if authorization != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(values["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["redirect_uri"] != values["redirect_uri"] or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        now, access_token = int(time.time()), secrets.token_urlsafe(16)
        details = {} if self.script.only_at_userinfo else self.script.claims
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "sub": self.script.claims["sub"],
            **details,
        }
        self._tokens[access_token] = self.script.claims
        key = self.keys[0]
        header = {"alg": self.script.alg, "kid": key.kid, **self.script.header}
        token = jwt.encode(header, self.script.twist(claims), key, algorithms=[self.script.alg])
        return 200, {"access_token": access_token, "token_type": "Bearer", "id_token": self.script.token(token)}

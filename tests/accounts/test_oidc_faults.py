"""What a provider says that is not to be believed, and providers that fail: nobody comes in, and the page is a calm one."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.accounts.oidc_world import BACK, Harbour, at_provider, may_open, words_of
from tests.accounts.scripted_provider import CLIENT_ID, CLIENT_SECRET

Claims = dict[str, Any]


def refused(harbour: Harbour, **script: Any) -> str:
    """Have somebody sign in while the provider does as told; they must not come in. What the trail says of it."""
    sam, client = harbour.member(), harbour.client()
    for name, value in script.items():
        setattr(harbour.provider.script, name, value)
    answer = harbour.go(client, sam)
    assert answer.status_code == 403, answer.location
    assert "You are not signed in, and nothing was changed." in answer.text
    assert client.get("/account").status_code == 302
    assert harbour.sql("SELECT count(*) FROM vouched_person WHERE organisation_id = :o") == [(0,)]
    return harbour.trail()


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {each: value for each, value in claims.items() if each != name}


def with_(**changes: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | changes


def forge(header: Claims, claims: Claims, signature: str = "") -> str:
    """A token put together by hand."""
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, signature])


def claims_of(token: str) -> Claims:
    part = token.split(".")[1]
    found: Claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@pytest.mark.parametrize(
    ("twist", "words"),
    [
        (with_(nonce="another"), "made for another sign-in"),
        (without("nonce"), "made for another sign-in"),
        (with_(nonce=None), "made for another sign-in"),
        (with_(iss="https://evil.example"), "made by or for somebody else"),
        (without("iss"), "not to be believed"),
        (with_(aud="another client"), "made by or for somebody else"),
        (with_(aud=[]), "not to be believed"),
        (without("aud"), "not to be believed"),
        (with_(aud=[CLIENT_ID, "another client"]), "not to be believed"),
        (with_(aud=[CLIENT_ID, "another client"], azp="another client"), "made by or for somebody else"),
        (with_(azp="another client"), "made by or for somebody else"),
        (without("exp"), "not to be believed"),
        (without("iat"), "not to be believed"),
        (with_(exp="tomorrow"), "not to be believed"),
        (with_(sub=""), ""),
        (without("sub"), ""),
        (with_(sub=["sam"]), ""),
        (with_(sub="x" * 300), ""),
        (with_(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "not to be believed"),
    ],
)
def test_claims_that_are_not_right_are_refused(harbour: Harbour, twist: Callable[[Claims], Claims], words: str) -> None:
    trail = refused(harbour, twist=twist)
    assert "A sign-in by the organisation’s provider failed" in trail
    assert words in trail


@pytest.mark.parametrize(
    ("seconds", "comes_in"), [(-50, True), (50, True), (-70, False), (70, False), (-86400, False), (86400, False)]
)
def test_a_clock_that_is_a_minute_wrong_does_no_harm_and_more_does(harbour: Harbour, seconds: int, comes_in: bool) -> None:
    """The provider's clock is behind or ahead; its tokens are good for a moment only."""
    sam, client = harbour.member(), harbour.client()

    def skew(claims: Claims) -> Claims:
        instant = int(time.time()) + seconds
        return claims | {"iat": instant, "nbf": instant, "exp": instant + 1}

    harbour.provider.script.twist = skew
    answer = harbour.go(client, sam)
    assert answer.status_code == (303 if comes_in else 403)
    assert may_open(client, harbour.home) is comes_in
    assert ("Check the clocks" in harbour.trail()) is not comes_in


def test_a_token_that_nobody_signed_is_refused(harbour: Harbour) -> None:
    for alg in ("none", "None", "", None, "nOnE"):
        trail = refused(harbour, token=lambda token, alg=alg: forge({"alg": alg}, claims_of(token)))
    assert "not signed in a way that can be trusted" in trail


def test_a_token_signed_with_what_everybody_knows_is_refused(harbour: Harbour) -> None:
    """By the client's secret, or by the public key taken for a secret: HS256 is refused whatever the key."""
    public = harbour.provider.keys[0].as_pem(private=False)
    for key in (CLIENT_SECRET.encode() * 2, public):
        trail = refused(
            harbour,
            token=lambda token, key=key: jwt.encode(
                {"alg": "HS256", "kid": "first"}, claims_of(token), OctKey.import_key(key), algorithms=["HS256"]
            ),
        )
    assert "not signed in a way that can be trusted" in trail


def test_a_token_signed_by_somebody_else_is_refused(harbour: Harbour) -> None:
    other = RSAKey.generate_key(2048)
    for kid in ("first", "unknown"):
        trail = refused(
            harbour,
            token=lambda token, kid=kid: jwt.encode({"alg": "RS256", "kid": kid}, claims_of(token), other),
        )
    assert "not signed with one of the provider’s keys" in trail


def test_a_token_that_was_changed_is_refused(harbour: Harbour) -> None:
    def change(token: str) -> str:
        header, _, signature = token.split(".")
        claims = forge({}, claims_of(token) | {"email": harbour.lead.email}).split(".")[1]
        return f"{header}.{claims}.{signature}"

    assert "not signed with one of the provider’s keys" in refused(harbour, token=change)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "....", "{}", "é.é.é", "x" * 200_000])
def test_a_token_that_is_none_is_refused(harbour: Harbour, token: str) -> None:
    refused(harbour, token=lambda _: token)


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256"])
def test_new_keys_are_taken_up_at_once(harbour: Harbour, alg: str) -> None:
    sam = harbour.member()
    assert harbour.go(harbour.client(), sam).status_code == 303
    harbour.provider.seen.clear()
    harbour.provider.rotate(kid=f"key for {alg}", curve="P-256" if alg == "ES256" else None)
    harbour.provider.script.alg = alg
    assert harbour.go(harbour.client(), sam).status_code == 303
    assert harbour.go(harbour.client(), sam).status_code == 303
    assert harbour.provider.asked("/jwks") == 1
    assert harbour.provider.asked("/.well-known/openid-configuration") == 0


def test_an_old_key_is_good_only_while_it_is_published(harbour: Harbour) -> None:
    old = harbour.provider.keys
    harbour.provider.rotate(kid="newer")
    assert harbour.go(harbour.client(), harbour.member()).status_code == 303
    harbour.provider.keys = old
    assert harbour.go(harbour.client(), harbour.member()).status_code == 403
    harbour.provider.rotate(kid="newest")


def test_a_code_is_good_once(harbour: Harbour) -> None:
    sam, client = harbour.member(), harbour.client()
    harbour.provider.script.claims = harbour.claims(sam)
    path = harbour.there(client)
    assert client.get(path).status_code == 303
    assert words_of(client.get(path)) == "That sign-in can’t be finished"


def test_an_answer_is_good_in_the_browser_that_asked(harbour: Harbour) -> None:
    """Nobody is signed in as somebody else by a link."""
    sam, thief = harbour.member(), harbour.client()
    harbour.provider.script.claims = harbour.claims(sam)
    path = harbour.there(thief)
    assert words_of(harbour.client().get(path)) == "That sign-in can’t be finished"
    for query in ("", "?code=x", "?state=&code=x", "?state=x&code=x", "?error=access_denied", "?state=a&state=b"):
        answer = harbour.client().get(BACK + query)
        assert (answer.status_code, words_of(answer)) == (404, "That sign-in can’t be finished")


def test_a_code_that_was_planted_opens_nothing(harbour: Harbour) -> None:
    """The code of another browser's sign-in, brought to one's own: its proof is missing (PKCE)."""
    sam, thief, victim = harbour.member(), harbour.client(), harbour.client()
    harbour.provider.script.claims = harbour.claims(sam)
    code = harbour.there(thief).split("code=")[1].split("&")[0]
    path = harbour.there(victim)
    assert victim.get(path.replace(path.split("code=")[1].split("&")[0], code)).status_code == 403
    assert "it refused the request" in harbour.trail()


def test_a_sign_in_under_way_ends_after_ten_minutes(harbour: Harbour) -> None:
    sam, client = harbour.member(), harbour.client()
    harbour.provider.script.claims = harbour.claims(sam)
    path = harbour.there(client)
    with client.session_transaction() as session:
        for entry in session["sign_ins_under_way"].values():
            entry["at"] -= 601
        session.modified = True
    assert client.get(path).status_code == 404


def test_sign_ins_in_several_tabs_do_not_disturb_each_other(harbour: Harbour) -> None:
    sam, client = harbour.member(), harbour.client()
    harbour.provider.script.claims = harbour.claims(sam)
    paths = [harbour.there(client) for _ in range(3)]
    assert [client.get(path).status_code for path in paths] == [303, 303, 303]


@pytest.mark.parametrize(
    "answer",
    [
        lambda found: found | {"iss": "https://evil.example"},
        lambda found: {name: value for name, value in found.items() if name != "iss"},
        lambda found: {name: value for name, value in found.items() if name != "code"},
    ],
)
def test_an_answer_of_another_provider_is_refused(harbour: Harbour, answer: Any) -> None:
    refused(harbour, answer=answer)


def test_a_provider_that_was_changed_meanwhile_does_not_get_the_code(harbour: Harbour) -> None:
    sam, client = harbour.member(), harbour.client()
    harbour.provider.script.claims = harbour.claims(sam)
    path = harbour.there(client)
    harbour.sql("UPDATE identity_provider SET issuer = 'http://127.0.0.1:9' WHERE organisation_id = :o")
    assert client.get(path).status_code == 403
    assert "was changed while somebody was signing in" in harbour.trail()
    harbour.sql("UPDATE identity_provider SET state = 'off' WHERE organisation_id = :o")
    assert client.get(path).status_code == 404


def test_whoever_stops_at_the_provider_is_told_so(harbour: Harbour) -> None:
    client = harbour.client()
    harbour.provider.script.answer = lambda found: {
        "error": "access_denied",
        "error_description": "<script>alert(1)</script>",
        "state": found["state"],
    }
    answer = harbour.go(client, harbour.member())
    assert (answer.status_code, words_of(answer)) == (403, "You did not sign in")
    assert "alert(1)" not in answer.text


@pytest.mark.parametrize(
    "script",
    [
        {"status": 500},
        {"body": b"<html>Sign in to the Wi-Fi</html>"},
        {"body": b"[1, 2]"},
        {"body": b"[" * 100_000},
        {"body": b"x" * 300_000},
        {"location": "http://localhost:9/elsewhere"},
        {"describe": with_(issuer="https://evil.example")},
        {"describe": without("issuer")},
        {"describe": without("jwks_uri")},
        {"describe": with_(token_endpoint="http://example.org/token")},
        {"describe": with_(authorization_endpoint="javascript:alert(1)")},
        {"describe": with_(authorization_endpoint=["https://example.org"])},
        {"describe": with_(jwks_uri="file:///etc/passwd")},
        {"describe": with_(code_challenge_methods_supported=["plain"])},
    ],
)
def test_a_provider_that_does_not_work_gives_a_calm_page_and_the_password(harbour: Harbour, script: Claims) -> None:
    harbour.app.extensions["provider_directory"]._kept.clear()
    for name, value in script.items():
        setattr(harbour.provider.script, name, value)
    answer = harbour.client().get(f"{harbour.home}sign-in")
    assert (answer.status_code, words_of(answer)) == (503, f"The sign-in of {harbour.tenant.name} does not work at the moment")
    assert 'href="/sign-in"' in answer.text
    harbour.app.extensions["provider_directory"]._kept.clear()


def test_a_provider_that_is_gone_is_not_asked_again_and_again(harbour: Harbour) -> None:
    harbour.app.extensions["provider_directory"]._kept.clear()
    harbour.provider.script.status = 500
    for _ in range(3):
        assert harbour.client().get(f"{harbour.home}sign-in").status_code == 503
    assert harbour.provider.asked("/.well-known/openid-configuration") == 1
    harbour.app.extensions["provider_directory"]._kept.clear()


def test_a_wrong_client_secret_is_on_the_trail(harbour: Harbour) -> None:
    harbour.set_up(client_secret="not the secret")
    assert harbour.go(harbour.client(), harbour.member()).status_code == 403
    assert "the client ID or the client secret is not right" in harbour.trail()


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_keys_that_are_too_weak_are_not_used(harbour: Harbour) -> None:
    harbour.app.extensions["provider_directory"]._kept.clear()
    good = harbour.provider.published
    harbour.provider.published = [OctKey.generate_key(256), RSAKey.generate_key(1024)]
    assert harbour.go(harbour.client(), harbour.member()).status_code == 403
    assert "names no key that can be used" in harbour.trail()
    harbour.provider.published = good
    harbour.app.extensions["provider_directory"]._kept.clear()


def test_nothing_of_a_token_or_a_secret_is_in_the_log(harbour: Harbour, caplog: pytest.LogCaptureFixture) -> None:
    harbour.provider.script.twist = with_(nonce="another")
    sam = harbour.member()
    harbour.go(harbour.client(), sam)
    assert "made for another sign-in" in caplog.text
    assert sam.email not in caplog.text and CLIENT_SECRET not in caplog.text and "eyJ" not in caplog.text


def test_what_the_browser_is_sent_with_holds_no_secret(harbour: Harbour) -> None:
    client = harbour.client()
    address = client.get(f"{harbour.home}sign-in").headers["Refresh"]
    at_provider(address.removeprefix("0; url="))
    with client.session_transaction() as session:
        [verifier] = [entry["verifier"] for entry in session["sign_ins_under_way"].values()]
    assert verifier not in address and CLIENT_SECRET not in address

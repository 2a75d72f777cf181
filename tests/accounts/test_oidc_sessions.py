"""What a session opens that an organisation's provider vouches for, and what a password opens beside it."""

from collections.abc import Callable

import pytest
from flask import Flask
from justhtml import JustHTML

from tests.accounts.conftest import PASSWORD, Phone
from tests.accounts.oidc_world import Harbour, may_open, words_of
from tests.accounts.test_second_factor import CODE, SET_UP
from tests.client import StrictClient
from tests.factories.tenants import Someone, make_member
from tia_hub.accounts.store import current_security
from tia_hub.core.scope import transaction
from tia_hub.tenants.models.partnerships import Coordinator
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.sign_in import OwnSignIn, SecondFactor

OWN = "/sign-in/own-second-factor"
NEEDED = "Your own second factor is needed"


@pytest.fixture
def give_phone(sso_app: Flask, harbour: Harbour) -> Callable[[Someone], Phone]:
    """Set up an authenticator app for somebody, as if long ago."""

    def give(someone: Someone) -> Phone:
        with sso_app.app_context():
            totp = current_security().totp_factory._totp.new()
            secret = totp.to_json(encrypt=True)
        harbour.sql(
            "UPDATE person SET tf_primary_method = 'authenticator', tf_totp_secret = :s WHERE id = :p", s=secret, p=someone.id
        )
        return Phone(totp)

    return give


def test_it_opens_the_organisation_that_vouches_and_nothing_else(
    harbour: Harbour, harbour_too: Harbour, give_phone: Callable[[Someone], Phone]
) -> None:
    """Not even for who leads the other one; the coordinator's office neither, nor anything of how they sign in."""
    sam = harbour.member()
    phone = give_phone(sam)
    with harbour.app.app_context():
        make_member(harbour_too.tenant, Role.LEAD, person=sam)
        with transaction(harbour.region.scope()) as scope:
            scope.session.add(Coordinator(partnership_id=harbour.region.id, person_id=sam.id))
    client = harbour.client()
    assert harbour.go(client, sam).location == harbour.home
    assert may_open(client, harbour.home)
    shut = (
        harbour_too.home,
        f"{harbour_too.home}people",
        f"/p/{harbour.region.slug}/",
        "/places",
        "/account",
        "/account/password",
        SET_UP,
        "/account/recovery-codes",
        "/account/passkeys",
        "/account/passkeys/new",
        "/account/email-address",
        "/account/sessions",
        "/sign-in/confirm",
    )
    for path in shut:
        answer = client.get(path)
        assert (answer.status_code, words_of(answer)) == (403, NEEDED), path
        assert harbour_too.tenant.name not in answer.text or path.startswith(harbour_too.home)
    assert client.submit(SET_UP, button=OWN, data={"setup": "disable"}).location.startswith(CODE)
    assert client.submit(CODE, {"code": phone.code()}).status_code == 302
    for path in (harbour.home, harbour_too.home, f"/p/{harbour.region.slug}/", "/account", SET_UP):
        assert may_open(client, path), path


def test_forms_of_others_are_not_taken_and_what_was_typed_is_kept(
    harbour: Harbour, harbour_too: Harbour, give_phone: Callable[[Someone], Phone]
) -> None:
    sam = harbour.member()
    give_phone(sam)
    with harbour.app.app_context():
        make_member(harbour_too.tenant, Role.LEAD, person=sam)
    client = harbour.client()
    harbour.go(client, sam)
    answer = client.post(f"{harbour_too.home}teams/new", data={"name": "A team of theirs"})
    assert (answer.status_code, words_of(answer)) == (403, NEEDED)
    assert "A team of theirs" in answer.text
    assert harbour_too.sql("SELECT count(*) FROM team WHERE organisation_id = :o") == [(0,)]


def test_giving_the_second_factor_leads_on_and_a_wrong_one_opens_nothing(
    harbour: Harbour, harbour_too: Harbour, give_phone: Callable[[Someone], Phone]
) -> None:
    sam = harbour.member()
    phone = give_phone(sam)
    with harbour.app.app_context():
        make_member(harbour_too.tenant, person=sam)
    client = harbour.client()
    harbour.go(client, sam)
    step = client.submit(f"{harbour_too.home}audits", button=OWN)
    assert step.location == f"{CODE}?next={harbour_too.home}audits"
    assert client.get(harbour.home).status_code == 302
    assert client.submit(step.location, {"code": "000000"}).status_code == 422
    assert client.get(harbour_too.home).status_code == 302
    assert client.submit(step.location, {"code": phone.code()}).location == f"{harbour_too.home}audits"
    harbour.enforce()
    assert may_open(client, harbour.home), "the provider still vouches"


def test_the_step_leads_nowhere_else(harbour: Harbour, give_phone: Callable[[Someone], Phone]) -> None:
    sam = harbour.member()
    give_phone(sam)
    client = harbour.client()
    harbour.go(client, sam)
    answer = client.submit("/account", {"next": "//evil.example"}, button=OWN)
    assert answer.location == f"{CODE}?next=/places"


def test_the_account_is_open_to_who_has_nothing_but_that_organisation(harbour: Harbour) -> None:
    client = harbour.client()
    harbour.go(client, harbour.member())
    for path in ("/account", SET_UP):
        assert may_open(client, path), path
    assert client.get("/places").location == harbour.home


def test_who_has_another_place_sets_up_no_second_factor_by_it(harbour: Harbour, harbour_too: Harbour) -> None:
    """Or whoever runs the provider could set one up, and open the other place."""
    sam = harbour.member()
    with harbour.app.app_context():
        make_member(harbour_too.tenant, person=sam)
    client = harbour.client()
    harbour.go(client, sam)
    answer = client.get(SET_UP)
    assert (answer.status_code, words_of(answer)) == (403, NEEDED)
    assert "You have no second factor in TIA Hub yet" in answer.text
    harbour.set_up(second_factor=SecondFactor.HUB)
    refused = harbour.go(harbour.client(), sam)
    assert (refused.status_code, words_of(refused)) == (403, "Your account needs its own second factor first")


def test_our_second_factor_is_asked_for_where_the_provider_asks_for_none(
    harbour: Harbour, give_phone: Callable[[Someone], Phone]
) -> None:
    harbour.set_up(second_factor=SecondFactor.HUB)
    sam, client = harbour.member(), harbour.client()
    phone = give_phone(sam)
    step = harbour.go(client, sam)
    assert step.location == f"{CODE}?next={harbour.home}"
    assert client.get(harbour.home).status_code == 302
    assert client.submit(step.location, {"code": phone.code()}).location == harbour.home
    assert may_open(client, harbour.home) and may_open(client, "/account")


def test_and_set_up_where_somebody_has_none(harbour: Harbour) -> None:
    harbour.set_up(second_factor=SecondFactor.HUB)
    client = harbour.client()
    assert harbour.go(client, harbour.member()).location.startswith(SET_UP)
    assert client.get(harbour.home).status_code == 302
    phone = Phone.scan(client.submit(SET_UP, {"setup": "authenticator"}).text)
    assert client.submit(CODE, {"code": phone.code()}).location == "/account/recovery-codes"
    assert may_open(client, harbour.home)


@pytest.mark.parametrize(("amr", "asked"), [(["pwd", "mfa"], False), (["pwd"], True), ("mfa", True), ([], True)])
def test_a_provider_that_says_it_asked_for_more_than_one_factor_is_believed_for_its_own_organisation(
    harbour: Harbour, harbour_too: Harbour, give_phone: Callable[[Someone], Phone], amr: object, asked: bool
) -> None:
    harbour.set_up(second_factor=SecondFactor.HUB)
    sam, client = harbour.member(), harbour.client()
    give_phone(sam)
    with harbour.app.app_context():
        make_member(harbour_too.tenant, person=sam)
    answer = harbour.go(client, sam, amr=amr)
    if isinstance(amr, str):
        assert answer.status_code == 403
        return
    assert answer.location.startswith(CODE) is asked
    assert client.get(harbour_too.home).status_code == (302 if asked else 403)


def test_where_the_provider_is_the_way_in_a_password_opens_nothing_there(harbour: Harbour, harbour_too: Harbour) -> None:
    sam = harbour.member()
    with harbour.app.app_context():
        make_member(harbour_too.tenant, person=sam)
    client = harbour.client(sam)
    assert may_open(client, harbour.home)
    harbour.enforce()
    for path in (harbour.home, f"{harbour.home}audits"):
        answer = client.get(path)
        assert (answer.status_code, words_of(answer)) == (403, f"Sign in through {harbour.tenant.name}")
        assert f'href="{harbour.home}sign-in?next={path}"' in answer.text
    posted = client.post(f"{harbour.home}training/share", data={"words": "What I had written"})
    assert posted.status_code in (403, 404, 405)
    assert may_open(client, harbour_too.home), "the other organisation goes on as before"
    assert may_open(client, "/account")
    assert harbour.go(client, sam, then=f"{harbour.home}audits").location == f"{harbour.home}audits"
    assert may_open(client, harbour.home) and may_open(client, harbour_too.home) and may_open(client, "/account")


def test_two_providers_vouch_side_by_side(harbour: Harbour, harbour_too: Harbour) -> None:
    sam = harbour.member()
    with harbour.app.app_context():
        make_member(harbour_too.tenant, person=sam)
    harbour_too.sql(
        "INSERT INTO organisation_domain (organisation_id, partnership_id, id, domain, confirmed_at) "
        "SELECT id, partnership_id, gen_random_uuid(), :d, now() FROM organisation WHERE id = :o",
        d=harbour.domain,
    )
    harbour.enforce()
    harbour_too.enforce()
    client = harbour.client()
    harbour.go(client, sam)
    assert not may_open(client, harbour_too.home)
    assert harbour_too.go(client, sam).location == harbour_too.home
    assert may_open(client, harbour.home) and may_open(client, harbour_too.home)


def test_a_copy_of_ones_data_is_not_for_a_provider_where_one_was_elsewhere_before(
    harbour: Harbour, harbour_too: Harbour
) -> None:
    sam, client = harbour.member(), harbour.client()
    assert harbour.go(client, sam).status_code == 303
    page = client.get("/account/data")
    assert page.status_code == 200
    fields = JustHTML(page.text, sanitize=False).query("input[name=csrf_token]")
    send = {"csrf_token": fields[0].attrs["value"]}
    assert client.post("/account/data/json", data=send).status_code == 303
    with harbour.app.app_context():
        make_member(harbour_too.tenant, Role.STAFF, person=sam)
    harbour_too.sql("UPDATE membership SET ended_at = now() WHERE organisation_id = :o AND person_id = :p", p=sam.id)
    assert client.get("/account/data").status_code == 200
    answer = client.post("/account/data/json", data=send)
    assert answer.status_code == 403 and "needs something of your own" in answer.text


def test_a_lead_is_never_locked_out(harbour: Harbour) -> None:
    harbour.enforce()
    harbour.provider.script.status = 500
    client = harbour.client(harbour.lead)
    page = f"{harbour.home}people/sign-in"
    assert may_open(client, harbour.home)
    assert client.submit(page, {"state": "offered"}).status_code == 303


def test_to_others_the_organisation_stays_not_found(harbour: Harbour, harbour_too: Harbour) -> None:
    harbour.enforce()
    stranger = harbour.client(harbour_too.lead)
    assert stranger.get(harbour.home).status_code == 404
    client = harbour.client()
    harbour_too.go(client, harbour_too.member())
    assert client.get(harbour.home).status_code == 404


def test_what_a_provider_opened_is_shut_once_it_is_turned_off(harbour: Harbour) -> None:
    client = harbour.client()
    harbour.go(client, harbour.member())
    harbour.set_up(state=OwnSignIn.OFF)
    answer = client.get(harbour.home)
    assert (answer.status_code, words_of(answer)) == (403, NEEDED)
    assert "no longer lets people in that way" in answer.text
    assert client.get(f"{harbour.home}sign-in").location == "/sign-in"


def test_a_password_that_is_chosen_on_the_way_makes_no_more_of_the_session(harbour: Harbour) -> None:
    client = harbour.client()
    harbour.go(client, harbour.member())
    assert client.submit("/account/password", {"new_password": "four quiet lanterns"}).status_code == 302
    with client.session_transaction() as session:
        assert session["vouched_only"] and session["vouched_by"] == [str(harbour.tenant.id)]
    assert may_open(client, harbour.home)


def test_a_sign_in_by_password_forgets_who_vouched(sso_app: Flask, harbour: Harbour, account: Someone) -> None:
    client = harbour.client()
    harbour.go(client, harbour.member())
    client.submit(harbour.home, button="/sign-out")
    client.submit("/sign-in", {"email": account.email, "password": PASSWORD})
    phone = Phone.scan(client.submit(SET_UP, {"setup": "authenticator"}).text)
    client.submit(CODE, {"code": phone.code()})
    with client.session_transaction() as session:
        assert not {"vouched_by", "vouched_only", "vouching"} & set(session)


def test_what_was_begun_for_one_person_is_not_anothers(harbour: Harbour, account: Someone) -> None:
    """Somebody goes to the provider, stops at the second factor, and then signs in as another person."""
    harbour.set_up(second_factor=SecondFactor.HUB)
    client = harbour.client()
    harbour.go(client, harbour.member())
    client.submit("/sign-in", {"email": account.email, "password": PASSWORD})
    phone = Phone.scan(client.submit(SET_UP, {"setup": "authenticator"}).text)
    client.submit(CODE, {"code": phone.code()})
    with client.session_transaction() as session:
        assert "vouched_by" not in session


def test_coming_back_as_somebody_else_ends_the_first_session(harbour: Harbour) -> None:
    sam, olly = harbour.member(), harbour.member(name="Olly Other")
    client = harbour.client()
    harbour.go(client, sam)
    copied = client.get_cookie("tia")
    assert copied
    harbour.go(client, olly)
    assert "Olly Other" in client.get(harbour.home).text
    thief: StrictClient = harbour.client()
    thief.set_cookie("tia", copied.value)
    assert thief.get(harbour.home).status_code == 302


def test_signing_out_ends_it(harbour: Harbour) -> None:
    client = harbour.client()
    harbour.go(client, harbour.member())
    assert client.submit(harbour.home, button="/sign-out").location == "/"
    assert client.get(harbour.home).status_code == 302

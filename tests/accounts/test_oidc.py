"""Signing in by an organisation's own provider: who comes in, and what that opens."""

import pytest

from tests.accounts.oidc_world import BACK, Harbour, at_provider, may_open, words_of
from tests.factories.tenants import make_member, make_organisation
from tests.tenants.mails import bodies_to, invitation_path
from tia_hub.accounts.oidc.types import Vouched
from tia_hub.core.personal import Subject
from tia_hub.core.scope import transaction
from tia_hub.tenants.personal import HOLDINGS
from tia_hub.tenants.services.identity_providers import GOOGLE, Admitted, Refusal, recognise
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.sign_in import Newcomers


def test_a_member_comes_in_by_the_work_address(harbour: Harbour) -> None:
    sam, client = harbour.member(), harbour.client()
    found = client.submit("/sign-in/organisation", {"email": sam.email.upper()}, button="/sign-in/organisation")
    assert found.location == f"{harbour.home}sign-in"
    shown = client.get(found.location)
    address = shown.headers["Refresh"].removeprefix("0; url=")
    assert f'href="{address.replace("&", "&amp;")}"' in shown.text
    harbour.provider.script.claims = harbour.claims(sam)
    answer = client.get(at_provider(address))
    assert (answer.status_code, answer.location) == (303, harbour.home)
    assert may_open(client, harbour.home)
    asked = dict(harbour.provider.seen)["/authorize"]
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["login_hint"] == sam.email
    assert asked["redirect_uri"] == f"http://localhost{BACK}"
    [told] = bodies_to(harbour.engine, sam.email)
    words = f"Signed in through {harbour.tenant.name} for the first time. From now on that opens its pages, and nothing else."
    assert words in told
    assert (words,) in harbour.sql("SELECT words FROM trail_event WHERE home_id = :p", p=sam.id)
    assert f"{sam.email} signed in by the organisation’s provider for the first time" in harbour.trail()


def test_one_comes_back_to_where_one_was(harbour: Harbour) -> None:
    sam = harbour.member()
    answer = harbour.go(harbour.client(), sam, then=f"{harbour.home}audits?tab=1")
    assert answer.location == f"{harbour.home}audits?tab=1"
    assert harbour.go(harbour.client(), sam, then="//evil.example").location == harbour.home


@pytest.mark.parametrize("email", ["somebody@nowhere.example.net", "lead"])
def test_an_address_without_a_provider_goes_on_to_the_password(harbour: Harbour, email: str) -> None:
    """The same for who has an account and for who has none."""
    typed = harbour.lead.email if email == "lead" else email
    client = harbour.client()
    answer = client.submit("/sign-in/organisation", {"email": typed}, button="/sign-in/organisation")
    assert answer.location == "/sign-in"
    assert "There is no sign-in by an organisation for that" in client.get("/sign-in").text


def test_nobody_is_told_who_has_an_account(harbour: Harbour) -> None:
    sam = harbour.member()
    answers = {
        harbour.client().submit("/sign-in/organisation", {"email": email}, button="/sign-in/organisation").location
        for email in (sam.email, f"nobody@{harbour.domain}")
    }
    assert answers == {f"{harbour.home}sign-in"}


def test_an_organisation_without_a_provider_looks_like_none(harbour: Harbour) -> None:
    with harbour.app.app_context():
        plain = make_organisation(harbour.region)
    for slug in (plain.slug, "no-such-organisation"):
        assert harbour.client().get(f"/o/{slug}/sign-in").location == "/sign-in"


def test_an_organisation_that_is_suspended_takes_nobody_in(harbour: Harbour) -> None:
    harbour.sql("UPDATE organisation SET state = 'suspended' WHERE id = :o")
    assert harbour.client().get(f"{harbour.home}sign-in").location == "/sign-in"


def test_two_organisations_with_one_domain_are_told_apart(harbour: Harbour, harbour_too: Harbour) -> None:
    harbour_too.sql("UPDATE organisation_domain SET domain = :d WHERE organisation_id = :o", d=harbour.domain)
    shown = harbour.client().submit("/sign-in/organisation", {"email": f"sam@{harbour.domain}"}, button="/sign-in/organisation")
    assert f'href="{harbour.home}sign-in"' in shown.text and f'href="{harbour_too.home}sign-in"' in shown.text


def test_somebody_invited_joins_without_a_password(harbour: Harbour) -> None:
    email = f"nia@{harbour.domain}"
    with harbour.app.test_request_context(), transaction(harbour.tenant.scope(harbour.lead)) as scope:
        invite_member(scope, email=email, name="Nia Newcomer", role=Role.MANAGER)
    harbour.provider.script.claims = {"sub": "nia", "email": email}
    client = harbour.client()
    assert f'href="{harbour.home}sign-in"' in client.get(invitation_path(harbour.engine, email)).text
    assert harbour.go(client).location == harbour.home
    assert may_open(client, harbour.home)
    assert harbour.sql(
        "SELECT p.name, p.password, m.role FROM membership m JOIN person p ON p.id = m.person_id WHERE p.email = :e", e=email
    ) == [("Nia Newcomer", None, "manager")]
    assert "Nia Newcomer accepted the invitation" in harbour.trail()
    assert may_open(client, "/account")


def test_somebody_without_an_invitation_is_told_whom_to_ask(harbour: Harbour) -> None:
    email = f"eve@{harbour.domain}"
    harbour.provider.script.claims = {"sub": "eve", "email": email}
    client = harbour.client()
    answer = harbour.go(client)
    assert (answer.status_code, words_of(answer)) == (403, "You have not been invited yet")
    assert f"the person who leads this work at {harbour.tenant.name}" in answer.text
    assert harbour.sql("SELECT count(*) FROM person WHERE email = :e", e=email) == [(0,)]
    assert f"{email} has no invitation" in harbour.trail()
    assert client.get("/account").status_code == 302


def test_everybody_of_the_domain_comes_in_where_a_lead_chose_that(harbour: Harbour) -> None:
    harbour.set_up(newcomers=Newcomers.EVERYBODY)
    email = f"zoe@{harbour.domain}"
    harbour.provider.script.claims = {"sub": "zoe", "email": email, "name": "Zoe Example"}
    client = harbour.client()
    assert harbour.go(client).status_code == 303
    assert may_open(client, harbour.home)
    assert client.get(f"{harbour.home}people").status_code == 403
    harbour.sql("UPDATE membership SET ended_at = now() WHERE organisation_id = :o AND role = 'staff'")
    assert words_of(harbour.go(harbour.client())) == "You have not been invited yet"


def test_nobody_joins_an_organisation_that_is_to_be_deleted(harbour: Harbour) -> None:
    harbour.set_up(newcomers=Newcomers.EVERYBODY)
    harbour.sql("UPDATE organisation SET state = 'closing', resumes_as = 'active', closing_on = current_date + 9 WHERE id = :o")
    harbour.provider.script.claims = {"sub": "zoe", "email": f"zoe@{harbour.domain}", "name": "Zoe Example"}
    assert words_of(harbour.go(harbour.client())) == "You have not been invited yet"
    assert harbour.sql("SELECT FROM membership WHERE organisation_id = :o AND role = 'staff'") == []
    lead = harbour.client()
    assert harbour.go(lead, harbour.member(Role.LEAD)).status_code == 303
    assert may_open(lead, harbour.home)


def test_who_has_left_comes_back_by_invitation_alone(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.go(harbour.client(), sam)
    harbour.sql("UPDATE membership SET ended_at = now() WHERE id = :m", m=sam.membership_id)
    assert words_of(harbour.go(harbour.client(), sam)) == "You have not been invited yet"
    with harbour.app.test_request_context(), transaction(harbour.tenant.scope(harbour.lead)) as scope:
        invite_member(scope, email=sam.email, name=sam.name, role=Role.STAFF)
    client = harbour.client()
    assert harbour.go(client, sam).status_code == 303
    assert may_open(client, harbour.home)


def test_a_closed_account_stays_closed(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.sql("UPDATE person SET active = false WHERE id = :p", p=sam.id)
    client = harbour.client()
    assert words_of(harbour.go(client, sam)) == "Your account is closed"
    assert client.get(harbour.home).status_code == 302


def test_another_address_with_the_same_identifier_is_the_same_person(harbour: Harbour) -> None:
    """And never the one whose address it is."""
    sam, other = harbour.member(), harbour.member(name="Olly Other")
    harbour.go(harbour.client(), sam)
    client = harbour.client()
    assert harbour.go(client, sam, email=other.email).status_code == 303
    shown = client.get(harbour.home)
    assert sam.name in shown.text and "Olly Other" not in shown.text
    assert f"In TIA Hub yours is still {sam.email}" in shown.text
    assert f"now knows {sam.email} as {other.email}" in harbour.trail()


def test_the_same_address_with_another_identifier_is_refused_until_a_lead_says_so(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.go(harbour.client(), sam)
    answer = harbour.go(harbour.client(), sam, sub="made anew")
    assert (answer.status_code, words_of(answer)) == (403, "Your account at work has changed")
    assert f"{sam.email} belongs to somebody else at the provider than before" in harbour.trail()
    page = f"{harbour.home}people/sign-in"
    done = harbour.client(harbour.lead).submit(page, {"member": sam.email}, button=f"{page}/anew")
    assert done.status_code == 303
    assert harbour.go(harbour.client(), sam, sub="made anew").status_code == 303


def test_the_same_identifier_at_another_organisation_is_somebody_else(harbour: Harbour, harbour_too: Harbour) -> None:
    sam, pat = harbour.member(), harbour_too.member(name="Pat Elsewhere")
    harbour.go(harbour.client(), sam, sub="one")
    client = harbour.client()
    assert harbour_too.go(client, pat, sub="one").location == harbour_too.home
    assert "Pat Elsewhere" in client.get(harbour_too.home).text


@pytest.mark.parametrize(
    ("claims", "heading"),
    [
        ({"email": "sam@elsewhere.example.net"}, "That address can’t be used here"),
        ({"email": "sam@sub.DOMAIN"}, "That address can’t be used here"),
        ({"email": "sam@evil-DOMAIN"}, "That address can’t be used here"),
        ({"email": "sam@DOMAIN@elsewhere.example.net"}, "That address can’t be used here"),
        ({"email_verified": False}, "Your address is not verified"),
        ({"email_verified": "false"}, "Your address is not verified"),
        ({"email_verified": None}, "Your address is not verified"),
        ({"email": ""}, "Your address is missing"),
        ({"email": ["sam@DOMAIN"]}, "Your address is missing"),
        ({"email": "sam"}, "Your address is missing"),
    ],
)
def test_an_address_that_is_not_the_organisations_own_is_refused(
    harbour: Harbour, claims: dict[str, object], heading: str
) -> None:
    sam = harbour.member()
    changes = {
        name: value.replace("DOMAIN", harbour.domain) if isinstance(value, str) else value for name, value in claims.items()
    }
    before = harbour.sql("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM vouched_person)")
    client = harbour.client()
    answer = harbour.go(client, sam, **changes)
    assert (answer.status_code, words_of(answer)) == (403, heading)
    assert client.get("/account").status_code == 302
    assert harbour.sql("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM vouched_person)") == before
    assert "Refused a sign-in by the organisation’s provider" in harbour.trail()


def test_a_domain_counts_once_it_is_confirmed_and_no_longer(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.sql("UPDATE organisation_domain SET confirmed_at = NULL WHERE organisation_id = :o")
    assert words_of(harbour.go(harbour.client(), sam)) == "That address can’t be used here"
    found = harbour.client().submit("/sign-in/organisation", {"email": sam.email}, button="/sign-in/organisation")
    assert found.location == "/sign-in"


def test_a_provider_that_says_nothing_of_verifying_is_believed_in_its_own_domain(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.provider.script.claims = {"sub": "sam", "email": sam.email}
    assert harbour.go(harbour.client()).status_code == 303


def test_the_address_is_asked_for_where_the_token_does_not_hold_it(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.provider.script.only_at_userinfo = True
    assert harbour.go(harbour.client(), sam).status_code == 303
    harbour.provider.script.userinfo = lambda claims: claims | {"sub": "somebody else"}
    assert harbour.go(harbour.client(), sam).status_code == 403


@pytest.mark.parametrize("hosted", ["", "elsewhere.example.net", "ours"])
def test_with_google_the_workspace_counts(harbour: Harbour, hosted: str) -> None:
    """Anybody can have a Google account with any address; the Workspace says whose it is."""
    vouched = Vouched(
        issuer=GOOGLE,
        subject="sam",
        email=harbour.member().email,
        email_refuted=False,
        name="",
        hosted_domain=harbour.domain if hosted == "ours" else hosted,
        second_factor=False,
    )
    with harbour.app.app_context(), transaction(harbour.tenant.scope()) as scope:
        found = recognise(scope, vouched)
    assert isinstance(found, Admitted) if hosted == "ours" else found is Refusal.FOREIGN


def test_what_is_known_of_somebody_there_is_theirs_to_see_and_goes_with_them(harbour: Harbour) -> None:
    sam = harbour.member()
    harbour.go(harbour.client(), sam, sub="sam at work")
    [holding] = [each for each in HOLDINGS if each.kind == "vouched"]
    assert holding.collect and holding.erase
    subject = Subject(person_id=sam.id, name=sam.name, email=sam.email, names=frozenset({sam.name}))
    with harbour.app.app_context(), transaction(harbour.tenant.scope()) as scope:
        [fact] = holding.collect(scope, subject)
        assert fact["Who you are there"] == "sam at work" and fact["Sign-in"] == harbour.provider.issuer
        holding.erase(scope, subject)
        assert list(holding.collect(scope, subject)) == []


def test_a_lead_elsewhere_is_nobody_here(harbour: Harbour) -> None:
    """Whoever is a member of another organisation alone needs an invitation, whatever they are there."""
    with harbour.app.app_context():
        other = make_organisation(harbour.region, "Elsewhere Trust")
    sam = harbour.member()
    harbour.sql("DELETE FROM membership WHERE id = :m", m=sam.membership_id)
    with harbour.app.app_context():
        make_member(other, Role.LEAD, person=sam)
    assert words_of(harbour.go(harbour.client(), sam)) == "You have not been invited yet"

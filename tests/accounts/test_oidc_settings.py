"""Setting up sign-in by an organisation's own provider: what a lead enters, what the office confirms, what stays secret."""

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from tests.accounts.oidc_world import Harbour, may_open
from tests.accounts.scripted_provider import CLIENT_SECRET
from tests.cast import Cast
from tests.client import form_fields
from tests.factories.tenants import unique
from tests.tenants.mails import bodies_to, rows
from tia_hub.core.scope import IdentityScope, WayInScope, transaction
from tia_hub.core.sealing import Unreadable, seal, unseal
from tia_hub.tenants.models.sign_in import OrganisationDomain
from tia_hub.tenants.types.roles import Role

ENTRY = {
    "issuer": "https://login.example.org/harbour",
    "client_id": "tia-hub",
    "client_secret": "correct horse battery",
    "state": "offered",
    "second_factor": "hub",
    "newcomers": "invited",
}


def page_of(harbour: Harbour) -> str:
    return f"{harbour.home}people/sign-in"


def stored(harbour: Harbour) -> dict[str, object]:
    [row] = harbour.sql("SELECT * FROM identity_provider WHERE organisation_id = :o")
    return dict(row._mapping)


def test_a_lead_sets_it_up_from_nothing(as_, cast: Cast, superuser_engine: Engine) -> None:
    lead, page = as_(cast.ours.lead).confirmed(), f"/o/{cast.ours.tenant.slug}/people/sign-in"
    shown = lead.get(page)
    assert "http://localhost/sign-in/organisation/back" in shown.text
    assert "Test the connection" not in shown.text
    assert lead.submit(page, ENTRY).status_code == 303
    again = lead.get(page)
    assert ENTRY["issuer"] in again.text and "Test the connection" in again.text
    assert ENTRY["client_secret"] not in again.text
    [(secret,)] = rows(
        superuser_engine,
        "SELECT client_secret FROM identity_provider WHERE organisation_id = :o",
        o=cast.ours.tenant.id,
    )
    assert str(secret).startswith("1:gAAAA") and "horse" not in str(secret)
    assert lead.submit(page, {"client_secret": "", "newcomers": "everybody"}).status_code == 303
    assert rows(
        superuser_engine,
        "SELECT client_secret, newcomers FROM identity_provider WHERE organisation_id = :o",
        o=cast.ours.tenant.id,
    ) == [(secret, "everybody")]
    words = rows(superuser_engine, "SELECT words FROM trail_event WHERE home_id = :o", o=cast.ours.tenant.id)
    assert any("Set up sign-in by the organisation’s own provider" in str(row[0]) for row in words)
    assert not any("horse" in str(row[0]) for row in words)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"issuer": ""}, "Enter the address of the provider"),
        ({"issuer": "http://login.example.org"}, "beginning with https://"),
        ({"issuer": "https://user:pw@login.example.org"}, "beginning with https://"),
        ({"issuer": "https://login.example.org/?a=b"}, "no question mark"),
        ({"issuer": "file:///etc/passwd"}, "beginning with https://"),
        ({"client_id": ""}, "Enter the client ID"),
        ({"client_secret": ""}, "Enter the client secret of this provider"),
        ({"client_secret": "x" * 501}, "Paste the client secret again"),
        ({"client_secret": "nul\x00"}, "Paste the client secret again"),
        ({"state": "enforced"}, "Sign in by the provider once before it becomes the only way in"),
        ({"state": "always"}, "Choose one of the answers on this page"),
    ],
)
def test_what_can_not_be_taken_comes_back_with_all_but_the_secret(as_, cast: Cast, entry: dict[str, str], words: str) -> None:
    page = f"/o/{cast.ours.tenant.slug}/people/sign-in"
    answer = as_(cast.ours.lead).confirmed().submit(page, ENTRY | entry)
    assert answer.status_code == 422
    assert words in answer.text
    assert ENTRY["client_secret"] not in answer.text
    if "client_id" not in entry:
        assert 'value="tia-hub"' in answer.text


def test_the_address_of_the_description_will_do(as_, cast: Cast, superuser_engine: Engine) -> None:
    page = f"/o/{cast.ours.tenant.slug}/people/sign-in"
    issuer = "https://login.example.org/v2.0"
    entry = ENTRY | {"issuer": f" {issuer}/.well-known/openid-configuration "}
    assert as_(cast.ours.lead).confirmed().submit(page, entry).status_code == 303
    assert rows(superuser_engine, "SELECT issuer FROM identity_provider WHERE organisation_id = :o", o=cast.ours.tenant.id) == [
        (issuer,)
    ]


def test_a_session_that_was_left_open_is_not_enough_to_change_it(harbour: Harbour) -> None:
    before, client = stored(harbour), harbour.client(harbour.lead)
    with client.session_transaction() as session:
        session["fs_paa"] -= 3600
    answer = client.submit(page_of(harbour), {"client_id": "another"})
    assert answer.status_code == 409
    assert "Show once more that it is you" in answer.text and 'value="another"' in answer.text
    assert "/sign-in/confirm?next=" in answer.text
    assert stored(harbour) == before


def test_another_providers_address_does_not_get_this_ones_secret(harbour: Harbour) -> None:
    client = harbour.client(harbour.lead)
    answer = client.submit(page_of(harbour), {"issuer": "https://evil.example.org"})
    assert answer.status_code == 422
    assert "Enter the client secret of this provider" in answer.text
    assert stored(harbour)["issuer"] == harbour.provider.issuer


def test_it_becomes_the_only_way_in_once_somebody_came_in_by_it(harbour: Harbour) -> None:
    client = harbour.client(harbour.lead)
    assert client.submit(page_of(harbour), {"state": "enforced"}).status_code == 422
    sam = harbour.member()
    assert harbour.go(harbour.client(), sam).status_code == 303
    assert client.submit(page_of(harbour), {"state": "enforced"}).status_code == 303
    assert not may_open(harbour.client(sam), harbour.home)
    answer = client.submit(page_of(harbour), {"client_id": "another"})
    assert answer.status_code == 422, "as it is set up now nobody has come in by it"


def test_the_other_leads_are_told(harbour: Harbour) -> None:
    other = harbour.member(Role.LEAD, name="Lou Lead")
    assert harbour.client(harbour.lead).submit(page_of(harbour), {"client_id": "another"}).status_code == 303
    [told] = bodies_to(harbour.engine, other.email)
    assert f"{harbour.lead.name} changed how people sign in to {harbour.tenant.name}" in told
    assert CLIENT_SECRET not in told
    assert not any("Lena Lead changed" in body for body in bodies_to(harbour.engine, harbour.lead.email))


def test_the_connection_is_tested(harbour: Harbour) -> None:
    client = harbour.client(harbour.lead)
    button = f"{page_of(harbour)}/test"
    assert client.submit(page_of(harbour), button=button).status_code == 303
    assert "The provider answers, and its keys can be used" in client.get(page_of(harbour)).text
    harbour.provider.script.describe = lambda found: found | {"issuer": "https://evil.example"}
    client.submit(page_of(harbour), button=button)
    shown = client.get(page_of(harbour)).text
    assert "The test failed. The provider says that its issuer is another one" in shown
    harbour.provider.script.describe = lambda found: found
    client.submit(page_of(harbour), button=button)
    assert "The test failed" not in client.get(page_of(harbour)).text


def test_no_transaction_is_open_while_the_provider_takes_its_time(harbour: Harbour) -> None:
    seen = []

    def look(found: dict[str, object]) -> dict[str, object]:
        seen.extend(
            harbour.sql(
                "SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND application_name = 'tia-hub'"
            )
        )
        return found

    client = harbour.client(harbour.lead)
    page = JustHTML(client.get(page_of(harbour)).text, sanitize=False)
    [form] = [form for form in page.query("form") if form.attrs.get("action") == f"{page_of(harbour)}/test"]
    before = {row[0] for row in harbour.sql("SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")}
    harbour.provider.script.describe = look
    assert client.post(f"{page_of(harbour)}/test", data=form_fields(form)).status_code == 303
    sam = harbour.member()
    harbour.app.extensions["provider_directory"]._kept.clear()
    assert harbour.go(harbour.client(), sam).status_code == 303
    assert {row[0] for row in seen} <= before


def test_an_internal_address_is_not_asked(as_, cast: Cast, scripted_provider) -> None:
    """Where the operator did not allow the host, a lead learns nothing of what answers there."""
    page = f"/o/{cast.ours.tenant.slug}/people/sign-in"
    lead = as_(cast.ours.lead).confirmed()
    for host in ("127.0.0.1", "169.254.169.254", "[::1]", "localhost"):
        scripted_provider.seen.clear()
        assert lead.submit(page, ENTRY | {"issuer": f"https://{host}:{scripted_provider.issuer[-5:]}"}).status_code == 303
        lead.submit(page, button=f"{page}/test")
        assert "is not on the public internet" in lead.get(page).text
        assert scripted_provider.seen == []


def test_a_domain_is_asked_for_by_a_lead_and_confirmed_by_the_coordinator(as_, cast: Cast, superuser_engine: Engine) -> None:
    lead, office = as_(cast.ours.lead).confirmed(), as_(cast.coordinator)
    page = f"/o/{cast.ours.tenant.slug}/people/sign-in"
    confirming = f"/p/{cast.region.slug}/organisations/{cast.ours.tenant.id}/domains"
    domain = f"{unique('harbour')}.example.org"
    added = lead.submit(page, {"domain": f"@{domain.upper()}"}, button=f"{page}/domains")
    assert added.status_code == 303
    assert domain in lead.get(page).text and "Waits" in lead.get(page).text
    assert lead.submit(page, {"domain": domain}, button=f"{page}/domains").status_code == 422
    assert "Waits" in office.get(confirming).text
    [form] = [
        form
        for form in JustHTML(office.get(confirming).text, sanitize=False).query("form")
        if any(field.attrs.get("value") == domain for field in form.query("input"))
    ]
    assert office.post(confirming, data=form_fields(form)).status_code == 303
    assert "Confirmed" in lead.get(page).text
    assert "is confirmed already" in office.submit(confirming, {"domain": domain}).text
    [(domain_id, confirmed_by)] = rows(
        superuser_engine, "SELECT id, confirmed_by FROM organisation_domain WHERE domain = :d", d=domain
    )
    assert confirmed_by == cast.coordinator.id
    removal = f"/p/{cast.region.slug}/organisations/domains/{domain_id}/remove"
    assert office.submit(confirming, button=removal).status_code == 303
    assert domain not in lead.get(page).text.replace(f"{domain} was", "")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the domain"),
        ("harbour", "Enter a domain in the correct format"),
        ("a b.example.org", "Enter a domain in the correct format"),
        ("*.example.org", "Enter a domain in the correct format"),
        ("127.0.0.1", "Enter a domain in the correct format"),
        (".example.org", "Enter a domain in the correct format"),
        ("example..org", "Enter a domain in the correct format"),
        ("x" * 64 + ".example.org", "Enter a domain in the correct format"),
        ("x" * 300, "254 characters or fewer"),
        ("gmail.com", "Anybody can have an address at gmail.com"),
        ("@Hotmail.co.uk", "Anybody can have an address at hotmail.co.uk"),
    ],
)
def test_what_is_no_domain_of_ones_own_is_refused(as_, cast: Cast, typed: str, words: str) -> None:
    page = f"/o/{cast.ours.tenant.slug}/people/sign-in"
    confirming = f"/p/{cast.region.slug}/organisations/{cast.ours.tenant.id}/domains"
    for answer in (
        as_(cast.ours.lead).confirmed().submit(page, {"domain": typed}, button=f"{page}/domains"),
        as_(cast.coordinator).submit(confirming, {"domain": typed}),
    ):
        assert answer.status_code == 422
        assert words in answer.text


def test_the_database_lets_no_organisation_confirm_a_domain_itself(app: Flask, cast: Cast) -> None:
    def confirm() -> None:
        with transaction(cast.ours.tenant.scope()) as scope:
            scope.session.add(
                OrganisationDomain(
                    organisation_id=cast.ours.tenant.id,
                    partnership_id=cast.region.id,
                    domain="theirs.example.org",
                    confirmed_at="2027-01-01",
                )
            )

    with app.app_context(), pytest.raises(ProgrammingError, match="row-level security"):
        confirm()


def test_before_signing_in_nothing_is_read_of_a_provider_but_that_it_is_there(harbour: Harbour) -> None:
    """Whatever went wrong in our code: the role has no right to more."""
    with harbour.app.app_context():
        for way_in, seen in ((harbour.tenant.slug, 1), (harbour.domain, 1), ("", 0), ("%", 0), ("elsewhere.example.org", 0)):
            with transaction(WayInScope(way_in=way_in), read_only=True) as scope:
                found = scope.session.connection().exec_driver_sql("SELECT count(*) FROM organisation").scalar_one()
                assert found == seen, way_in
        for column in ("issuer", "client_id", "client_secret", "*"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction(IdentityScope(), read_only=True) as scope,
            ):
                scope.session.connection().exec_driver_sql(f"SELECT {column} FROM identity_provider")


def test_what_is_sealed_opens_whole_and_by_its_own_key_alone(app: Flask) -> None:
    with app.app_context():
        sealed = seal("a secret ŵ")
        assert unseal(sealed) == "a secret ŵ"
        assert seal("a secret ŵ") != sealed
        for bad in ("", "1:", sealed[2:], f"2:{sealed[2:]}", f"0:{sealed[2:]}", f"-1:{sealed[2:]}", sealed[:-4]):
            with pytest.raises(Unreadable):
                unseal(bad)


def test_a_secret_that_can_not_be_read_any_more_is_asked_for_again(harbour: Harbour) -> None:
    harbour.sql("UPDATE identity_provider SET client_secret = '1:gAAAAA' WHERE organisation_id = :o")
    client = harbour.client(harbour.lead)
    assert harbour.client().get(f"{harbour.home}sign-in").status_code == 503
    client.submit(page_of(harbour), button=f"{page_of(harbour)}/test")
    assert "The client secret can’t be read any more. Enter it again" in client.get(page_of(harbour)).text

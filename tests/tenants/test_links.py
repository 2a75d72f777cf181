"""A link to join by: it lets nobody in, tells nothing of who is there, and floods nobody."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import make_person, unique
from tests.tenants.mails import bodies_to, invitation_path, rows
from tests.tenants.test_joining import PASSWORD, invite, join, new_client
from tia_hub.core.errors import Refused
from tia_hub.core.scope import transaction
from tia_hub.tenants.services import links
from tia_hub.tenants.services.identity_providers import confirm_email_domain
from tia_hub.tenants.services.links import MOST_TO_ADDRESS, make_link

DOMAIN = "example.org"
"""The cast's addresses are there."""


@pytest.fixture
def path(app: Flask, cast: Cast) -> Iterator[str]:
    """The path of our organisation's link."""
    confirm(app, cast)
    with app.app_context(), transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        token = make_link(scope, good_for=timedelta(days=7), most_uses=5)
    yield f"/by-link/{token}"


def confirm(app: Flask, cast: Cast) -> None:
    """The office confirms our organisation's e-mail domain."""
    with app.app_context(), transaction(cast.region.scope()) as scope:
        confirm_email_domain(scope, cast.ours.tenant.id, DOMAIN)


def ask(app: Flask, path: str, email: str, name: str = "Nia Newcomer"):
    return new_client(app).submit(path, {"name": name, "email": email})


def change_link(engine: Engine, cast: Cast, change: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE joining_link SET {change} WHERE organisation_id = :id"), {"id": cast.ours.tenant.id})


def test_the_whole_way(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    lead, page = as_(cast.ours.lead), f"/o/{cast.ours.tenant.slug}/people/link"
    assert "no confirmed email domain" in lead.get(page).text
    confirm(app, cast)
    made = lead.submit(page, {"days": "7", "most_uses": "25"})
    found = re.search(r"http://localhost(/by-link/\S+?)<", made.text)
    assert found
    assert found[1] not in lead.get(page).text
    assert "0 of at most 25" in lead.get(page).text
    email = f"{unique('by-link')}@{DOMAIN}"
    assert ask(app, found[1], email).status_code == 200
    kept = "SELECT role, team_id, manager_id, by_partnership FROM invitation WHERE email = :email"
    assert rows(superuser_engine, kept, email=email) == [("staff", None, None, False)]
    member = join(app, invitation_path(superuser_engine, email))
    assert member.get(f"/o/{cast.ours.tenant.slug}/").status_code == 200
    assert member.get(f"/o/{cast.ours.tenant.slug}/people").status_code == 403
    assert "1 of at most 25" in lead.get(page).text
    assert lead.submit(page, button=f"{page}/end").status_code == 303
    assert new_client(app).get(found[1]).status_code == 404


def test_the_link_alone_lets_nobody_in(as_, app: Flask, cast: Cast, path: str) -> None:
    client = new_client(app)
    client.submit(path, {"name": "Nia", "email": f"{unique('new')}@{DOMAIN}"})
    assert client.get(f"/o/{cast.ours.tenant.slug}/").status_code == 302
    with app.app_context():
        outsider = make_person()
    signed_in = as_(outsider)
    signed_in.submit(path, {"name": "Nia", "email": f"{unique('new')}@{DOMAIN}"})
    assert signed_in.get(f"/o/{cast.ours.tenant.slug}/").status_code == 404


def test_its_token_is_kept_as_a_hash_alone(cast: Cast, path: str, superuser_engine: Engine) -> None:
    [(kept,)] = rows(
        superuser_engine, "SELECT token_hash FROM joining_link WHERE organisation_id = :id", id=cast.ours.tenant.id
    )
    token = path.removeprefix("/by-link/")
    assert len(token) >= 43 and token not in str(kept)


def test_a_new_link_ends_the_one_before(app: Flask, cast: Cast, path: str) -> None:
    with app.app_context(), transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        token = make_link(scope, good_for=timedelta(days=7), most_uses=5)
    assert new_client(app).get(path).status_code == 404
    assert new_client(app).get(f"/by-link/{token}").status_code == 200


@pytest.mark.parametrize("change", ["expires_at = now()", "uses = most_uses", "ended_at = now()"])
def test_a_link_that_is_over_gives_the_same_page_as_one_that_never_was(
    app: Flask, cast: Cast, path: str, superuser_engine: Engine, change: str
) -> None:
    stale = new_client(app)
    fields = {"csrf_token": token_of(stale.get(path).text), "name": "Nia", "email": f"late@{DOMAIN}"}
    change_link(superuser_engine, cast, change)
    client = new_client(app)
    assert client.get(path).text == client.get("/by-link/made-up").text
    assert client.get(path).status_code == 404
    answer = stale.post(path, data=fields)
    assert answer.status_code == 404
    assert bodies_to(superuser_engine, f"late@{DOMAIN}") == []


def token_of(html: str) -> str:
    [field] = [each for each in JustHTML(html, sanitize=False).query("input") if each.attrs.get("name") == "csrf_token"]
    return str(field.attrs["value"])


def test_no_more_people_are_invited_than_the_link_was_made_for(
    app: Flask, cast: Cast, path: str, superuser_engine: Engine
) -> None:
    change_link(superuser_engine, cast, "most_uses = 2")
    stem = unique("rush")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: one_or_gone(app, path, f"{stem}-{number}@{DOMAIN}"), range(4)))
    assert sorted(answers) == [200, 200, 404, 404]
    assert rows(superuser_engine, "SELECT count(*) FROM invitation WHERE email LIKE :stem", stem=f"{stem}%") == [(2,)]
    assert rows(superuser_engine, "SELECT uses FROM joining_link WHERE organisation_id = :id", id=cast.ours.tenant.id) == [(2,)]


def one_or_gone(app: Flask, path: str, email: str) -> int:
    """The answer to somebody who asks, or who finds the link used up."""
    client = new_client(app)
    page = client.get(path)
    if page.status_code == 404:
        return 404
    fields = {"csrf_token": token_of(page.text), "name": "Nia", "email": email}
    return client.post(path, data=fields).status_code


def test_an_address_elsewhere_is_refused_and_what_was_typed_stays(app: Flask, path: str, superuser_engine: Engine) -> None:
    for email in ("nia@elsewhere.example", f"nia@sub.{DOMAIN}", f"nia@{DOMAIN}.evil.example", f"nia@evil{DOMAIN}"):
        answer = ask(app, path, email)
        assert answer.status_code == 422
        assert f"It ends in @{DOMAIN}" in answer.text and email in answer.text and "Nia Newcomer" in answer.text
        assert bodies_to(superuser_engine, email) == []


def test_the_page_does_not_tell_who_is_there(as_, app: Flask, cast: Cast, path: str, superuser_engine: Engine) -> None:
    """A stranger, somebody with an account elsewhere, somebody invited, a member, and one whose access was closed."""
    lead = as_(cast.ours.lead)
    invited = f"{unique('invited')}@{DOMAIN}"
    invite(lead, cast, invited, role="manager")
    lead.submit(f"/o/{cast.ours.tenant.slug}/people/{cast.ours.colleague.membership_id}/close")
    addresses = [
        f"{unique('stranger')}@{DOMAIN}",
        cast.theirs.staff.email,
        invited,
        cast.ours.staff.email,
        cast.ours.colleague.email,
    ]
    before = {email: len(bodies_to(superuser_engine, email)) for email in addresses}
    answers = {email: ask(app, path, email) for email in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({answer.text.replace(email, "…") for email, answer in answers.items()}) == 1
    # Each gets exactly one mail: what is different about them only they can read.
    assert {email: len(bodies_to(superuser_engine, email)) - count for email, count in before.items()} == dict.fromkeys(
        addresses, 1
    )
    assert "You belong there already" in bodies_to(superuser_engine, cast.ours.staff.email)[-1]
    assert "was closed earlier" in bodies_to(superuser_engine, cast.ours.colleague.email)[-1]
    assert rows(superuser_engine, "SELECT role FROM invitation WHERE email = :email", email=invited) == [("manager",)]
    count = "SELECT count(*) FROM invitation WHERE email = ANY (:emails)"
    assert rows(superuser_engine, count, emails=[cast.ours.staff.email, cast.ours.colleague.email]) == [(0,)]


def test_asking_again_kills_the_link_that_was_mailed_before(app: Flask, path: str, superuser_engine: Engine) -> None:
    email = f"{unique('twice')}@{DOMAIN}"
    ask(app, path, email)
    ask(app, path, email)
    assert new_client(app).get(invitation_path(superuser_engine, email, 0)).status_code == 404
    assert new_client(app).get(invitation_path(superuser_engine, email, 1)).status_code == 200


@pytest.mark.parametrize("state", ["expires_at = now() - interval '1 day'", "awaits_lead = true, token_hash = NULL"])
def test_the_link_does_not_send_an_invitation_to_more_than_staff_that_ran_out_or_waits_for_a_lead(
    as_, app: Flask, cast: Cast, path: str, superuser_engine: Engine, state: str
) -> None:
    email = f"{unique('once-invited')}@{DOMAIN}"
    invite(as_(cast.ours.lead), cast, email, role="lead")
    with superuser_engine.begin() as connection:
        connection.execute(text(f"UPDATE invitation SET {state} WHERE email = :email"), {"email": email})
    kept = "SELECT token_hash, expires_at, awaits_lead, role FROM invitation WHERE email = :email"
    before = rows(superuser_engine, kept, email=email)
    assert ask(app, path, email).status_code == 200
    assert rows(superuser_engine, kept, email=email) == before
    told = bodies_to(superuser_engine, email)
    assert len(told) == 2
    assert "/invitation/" not in told[-1] and "to send it" in told[-1]


def test_nobody_is_flooded_with_mails(app: Flask, path: str, superuser_engine: Engine) -> None:
    email = f"{unique('flood')}@{DOMAIN}"
    answers = {ask(app, path, email).text for _ in range(MOST_TO_ADDRESS + 2)}
    assert len(answers) == 1
    assert len(bodies_to(superuser_engine, email)) == MOST_TO_ADDRESS
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE link_request SET created_at = created_at - interval '1 day'"))
    ask(app, path, email)
    assert len(bodies_to(superuser_engine, email)) == MOST_TO_ADDRESS + 1


def test_one_network_address_can_not_ask_for_ever(
    app: Flask, path: str, superuser_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_FROM_NETWORK", 2)
    stem = unique("many")
    answers = [ask(app, path, f"{stem}-{number}@{DOMAIN}").status_code for number in range(3)]
    assert answers == [200, 200, 429]
    assert bodies_to(superuser_engine, f"{stem}-2@{DOMAIN}") == []


def test_a_domain_that_is_not_confirmed_or_was_removed_counts_for_nothing(
    as_, app: Flask, cast: Cast, path: str, superuser_engine: Engine
) -> None:
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE organisation_domain SET confirmed_at = NULL WHERE organisation_id = :id"), {"id": cast.ours.tenant.id}
        )
    assert new_client(app).get(path).status_code == 404
    with app.app_context(), pytest.raises(Refused), transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        make_link(scope, good_for=timedelta(days=7), most_uses=5)


@pytest.mark.parametrize("domain", ["gmail.com", "mail.yahoo.co.uk", "mailinator.com"])
def test_a_domain_of_a_public_provider_is_never_an_organisations(app: Flask, cast: Cast, domain: str) -> None:
    with app.app_context(), pytest.raises(Refused, match="Anybody"), transaction(cast.region.scope()) as scope:
        confirm_email_domain(scope, cast.ours.tenant.id, domain)


def test_pages_with_a_secret_in_their_address_tell_it_to_no_other_page(
    as_, app: Flask, cast: Cast, path: str, superuser_engine: Engine
) -> None:
    email = f"{unique('new')}@{DOMAIN}"
    invite(as_(cast.ours.lead), cast, email)
    own = invitation_path(superuser_engine, email)
    client = new_client(app)
    answers = [client.get(own), client.get(path), client.get("/by-link/made-up"), client.get("/invitation/made-up")]
    answers += [client.submit(own, {"name": "", "password": PASSWORD}), client.submit(path, {"email": "nobody"})]
    assert {answer.headers["Referrer-Policy"] for answer in answers} == {"no-referrer"}
    assert client.get("/about").headers["Referrer-Policy"] == "same-origin"

"""Joining: from the coordinator's new organisation to its staff; and what a link does not do."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient, form_fields
from tests.factories.tenants import make_person, unique
from tests.tenants.mails import bodies_to, invitation_path, rows

PASSWORD = "three calm harbours"


def new_client(app: Flask) -> StrictClient:
    client = app.test_client()
    assert isinstance(client, StrictClient)
    return client


def invite(client: StrictClient, cast: Cast, email: str, **entry: str):
    data = {"name": "Nia Newcomer", "email": email, "role": "staff"} | entry
    return client.submit(f"/o/{cast.ours.tenant.slug}/people/invite", data)


def join(app: Flask, path: str, name: str = "Nia Newcomer") -> StrictClient:
    client = new_client(app)
    answer = client.submit(path, {"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def test_the_whole_way(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    office = as_(cast.coordinator)
    base = f"/p/{cast.region.slug}/organisations"
    name = unique("Lantern House")
    entry = {"name": name, "sector": "charity", "headcount": "1,200", "areas": [str(cast.region.areas["North"])]}
    made = office.submit(f"{base}/new", entry)
    assert made.status_code == 303
    shown = office.get(made.location)
    assert name in shown.text and "North" in shown.text and "1,200" in shown.text

    lead_address = f"{unique('lead')}@example.org"
    assert office.submit(made.location, {"name": "Lea Lantern", "email": lead_address.upper()}).status_code == 303
    assert "good until" in office.get(made.location).text
    body = bodies_to(superuser_engine, lead_address)[0]
    assert f"{cast.coordinator.name} invites you to join {name}" in body

    lead = join(app, invitation_path(superuser_engine, lead_address), "Lea Lantern")
    home = lead.get("/places").location
    assert lead.get(home).status_code == 200
    assert "Accepted" in office.get(made.location).text

    assert lead.submit(f"{home}teams/new", {"name": "Front door", "remit": "First to be asked."}).status_code == 303
    team_id = rows(superuser_engine, "SELECT id FROM team WHERE name = 'Front door' ORDER BY created_at DESC")[0][0]
    manager_address, staff_address = (f"{unique(role)}@example.org" for role in ("manager", "staff"))
    data = {"name": "Mo Manager", "email": manager_address, "role": "manager", "team": str(team_id)}
    assert lead.submit(f"{home}people/invite", data).status_code == 303
    join(app, invitation_path(superuser_engine, manager_address), "Mo Manager")
    [(manager_id,)] = rows(
        superuser_engine,
        "SELECT m.id FROM membership m JOIN person p ON p.id = m.person_id WHERE p.email = :email",
        email=manager_address,
    )
    data = {"name": "Sy Staff", "email": staff_address, "role": "staff", "team": str(team_id), "manager": str(manager_id)}
    assert lead.submit(f"{home}people/invite", data).status_code == 303
    staff = join(app, invitation_path(superuser_engine, staff_address), "Sy Staff")
    assert staff.get(home).status_code == 200
    assert staff.get(f"{home}people").status_code == 403
    assert rows(
        superuser_engine,
        "SELECT m.role, m.team_id, m.manager_id FROM membership m JOIN person p ON p.id = m.person_id WHERE p.email = :email",
        email=staff_address,
    ) == [("staff", team_id, manager_id)]
    assert "Sy Staff" in lead.get(f"{home}people").text
    words = [row[0] for row in rows(superuser_engine, "SELECT words FROM trail_event WHERE words LIKE '%Sy Staff%'")]
    assert any("Invited Sy Staff" in line for line in words)
    assert any("Sy Staff accepted" in line for line in words)


def test_the_token_is_kept_as_a_hash_alone(as_, cast: Cast, superuser_engine: Engine) -> None:
    email = f"{unique('new')}@example.org"
    invite(as_(cast.ours.lead), cast, email)
    token = invitation_path(superuser_engine, email).removeprefix("/invitation/")
    [(kept,)] = rows(superuser_engine, "SELECT token_hash FROM invitation WHERE email = :email", email=email)
    assert len(token) >= 43
    assert token not in str(kept)


def test_a_link_works_once(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    email = f"{unique('new')}@example.org"
    invite(as_(cast.ours.lead), cast, email)
    path = invitation_path(superuser_engine, email)
    member = join(app, path)
    assert member.get(path).status_code == 404
    assert new_client(app).get(path).status_code == 404


def test_every_dead_link_gives_the_same_page(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    lead = as_(cast.ours.lead)
    base = f"/o/{cast.ours.tenant.slug}/people/invitations"
    addresses = {state: f"{unique(state)}@example.org" for state in ("used", "withdrawn", "resent", "old")}
    for email in addresses.values():
        invite(lead, cast, email)
    paths = {state: invitation_path(superuser_engine, email) for state, email in addresses.items()}
    ids = {
        state: rows(superuser_engine, "SELECT id FROM invitation WHERE email = :email", email=email)[0][0]
        for state, email in addresses.items()
    }
    join(app, paths["used"])
    assert lead.submit(base, button=f"{base}/{ids['withdrawn']}/withdraw").status_code == 303
    assert lead.submit(base, button=f"{base}/{ids['resent']}/resend").status_code == 303
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE invitation SET expires_at = now() - interval '1 second' WHERE id = :id"), {"id": ids["old"]}
        )
    pages = {new_client(app).get(path).text for path in [*paths.values(), "/invitation/made-up"]}
    assert len(pages) == 1
    assert "This invitation can’t be used" in pages.pop()
    assert {new_client(app).get(path).status_code for path in paths.values()} == {404}
    assert new_client(app).get(invitation_path(superuser_engine, addresses["resent"])).status_code == 200
    listed = lead.get(base).text
    assert {"Accepted", "Withdrawn", "Expired", "Sent"} <= {
        word for word in ("Accepted", "Withdrawn", "Expired", "Sent") if word in listed
    }
    assert lead.submit(base, button=f"{base}/{ids['old']}/resend").status_code == 303
    assert new_client(app).get(invitation_path(superuser_engine, addresses["old"])).status_code == 200


def test_an_invitation_that_is_over_can_not_be_sent_again(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    lead = as_(cast.ours.lead)
    email = f"{unique('new')}@example.org"
    invite(lead, cast, email)
    base = f"/o/{cast.ours.tenant.slug}/people/invitations"
    [(invitation_id,)] = rows(superuser_engine, "SELECT id FROM invitation WHERE email = :email", email=email)
    stale = form_fields_of(lead, base, f"{base}/{invitation_id}/resend")
    join(app, invitation_path(superuser_engine, email))
    answer = lead.post(f"{base}/{invitation_id}/resend", data=stale)
    assert answer.status_code == 409
    assert "accepted already" in answer.text


def form_fields_of(client: StrictClient, path: str, action: str) -> dict[str, object]:
    document = JustHTML(client.get(path).text, sanitize=False)
    [form] = [form for form in document.query("form") if form.attrs.get("action") == action]
    return form_fields(form)


def test_who_has_an_account_signs_in_and_accepts(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    with app.app_context():
        person = make_person("Pat Already")
    invite(as_(cast.ours.lead), cast, person.email)
    path = invitation_path(superuser_engine, person.email)
    shown = new_client(app).get(path)
    assert f"/sign-in?next={path}" in shown.text
    assert "Make my account" not in shown.text
    client = as_(person)
    assert client.submit(path).location == f"/o/{cast.ours.tenant.slug}/"
    assert client.get(f"/o/{cast.ours.tenant.slug}/").status_code == 200


def test_an_account_can_not_be_taken_over_by_an_invitation(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    with app.app_context():
        person = make_person("Pat Already")
    invite(as_(cast.ours.lead), cast, person.email)
    path = invitation_path(superuser_engine, person.email)
    stranger = new_client(app)
    token = form_fields_of(stranger, "/sign-in", "/sign-in")["csrf_token"]
    answer = stranger.post(path, data={"csrf_token": token, "name": "Evil", "password": PASSWORD})
    assert answer.status_code == 422
    assert rows(superuser_engine, "SELECT name, password FROM person WHERE email = :email", email=person.email) == [
        ("Pat Already", None)
    ]
    assert stranger.get("/account").status_code == 302


def test_somebody_else_can_not_accept(as_, cast: Cast, superuser_engine: Engine) -> None:
    email = f"{unique('new')}@example.org"
    invite(as_(cast.ours.lead), cast, email)
    path = invitation_path(superuser_engine, email)
    other = as_(cast.theirs.staff)
    assert "somebody else’s" in other.get(path).text
    token = form_fields_of(other, "/account", "/sign-out")["csrf_token"]
    assert other.post(path, data={"csrf_token": token}).status_code == 422
    assert other.get(f"/o/{cast.ours.tenant.slug}/").status_code == 404


def test_two_at_once_make_one_person_and_one_membership(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    email = f"{unique('new')}@example.org"
    invite(as_(cast.ours.lead), cast, email)
    path = invitation_path(superuser_engine, email)

    def accept(_: int) -> int:
        return new_client(app).submit(path, {"name": "Nia Newcomer", "password": PASSWORD}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(accept, range(4)))
    assert answers.count(303) == 1, answers
    assert set(answers) <= {303, 404, 422}
    members = "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id WHERE p.email = :email"
    assert rows(superuser_engine, members, email=email) == [(1,)]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"name": ""}, "Enter your name"),
        ({"name": "a\x00b"}, "can&#39;t be stored"),
        ({"name": "x" * 201}, "200 characters or fewer"),
        ({"password": ""}, "Choose a password"),
        ({"password": "short"}, "12 characters or more"),
        ({"password": "aaaaaaaaaaaaaa"}, "easy to guess"),
    ],
)
def test_a_new_account_needs_a_name_and_a_good_password(
    as_, app: Flask, cast: Cast, superuser_engine: Engine, entry: dict[str, str], words: str
) -> None:
    email = f"{unique('new')}@example.org"
    invite(as_(cast.ours.lead), cast, email)
    path = invitation_path(superuser_engine, email)
    answer = new_client(app).submit(path, {"name": "Nia Newcomer", "password": PASSWORD} | entry)
    assert answer.status_code == 422
    assert words in answer.text
    assert rows(superuser_engine, "SELECT count(*) FROM person WHERE email = :email", email=email) == [(0,)]


def test_somebody_who_left_comes_back_by_invitation(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    lead, home = as_(cast.ours.lead), f"/o/{cast.ours.tenant.slug}/"
    assert lead.submit(f"{home}people/{cast.ours.staff.membership_id}/close").status_code == 303
    assert as_(cast.ours.staff).get(home).status_code == 404
    assert invite(lead, cast, cast.ours.staff.email, role="manager").status_code == 303
    client = as_(cast.ours.staff)
    assert client.submit(invitation_path(superuser_engine, cast.ours.staff.email)).location == home
    assert client.get(home).status_code == 200


def test_extra_fields_are_ignored(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    email = f"{unique('new')}@example.org"
    invite(as_(cast.ours.lead), cast, email)
    path = invitation_path(superuser_engine, email)
    extra = {"role": "lead", "email": "other@example.org", "organisation_id": str(cast.theirs.tenant.id), "active": "y"}
    client = new_client(app)
    client.submit(path, {"name": "Nia Newcomer", "password": PASSWORD, **extra})
    assert client.get(f"/o/{cast.ours.tenant.slug}/people").status_code == 403
    assert client.get(f"/o/{cast.theirs.tenant.slug}/").status_code == 404


def test_nobody_becomes_a_lead_unseen_by_the_others(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    address = f"{unique('second')}@example.org"
    assert invite(as_(cast.ours.lead), cast, address, role="lead", name="Noor Second").status_code == 303
    join(app, invitation_path(superuser_engine, address), "Noor Second")
    told = [body for body in bodies_to(superuser_engine, cast.ours.lead.email) if "Noor Second" in body]
    assert len(told) == 1
    assert address in told[0] and cast.ours.tenant.name in told[0]

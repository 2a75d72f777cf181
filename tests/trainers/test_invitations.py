"""Invitations to speak for a provider: bound to an address, good once, and not for ever."""

import re

import pytest
from sqlalchemy import Engine, text

from tests.cast import Cast

PASSWORD = "a quiet harbour wall"


@pytest.fixture
def entry(cast: Cast) -> str:
    return f"/p/{cast.region.slug}/providers/{cast.trainer.id}"


@pytest.fixture
def invite(as_, cast: Cast, entry: str, superuser_engine: Engine):
    def send(email: str) -> str:
        assert as_(cast.coordinator).submit(entry, {"email": email}).status_code == 303
        with superuser_engine.connect() as connection:
            body = connection.execute(
                text("SELECT text_body FROM email WHERE to_address = :to ORDER BY created_at DESC LIMIT 1"), {"to": email}
            ).scalar_one()
        found = re.search(r"/provider-invitation/\S+", body)
        assert found
        return found[0]

    return send


def _address(cast: Cast) -> str:
    return f"new-{cast.trainer.slug}@steady.example"


def test_the_token_is_kept_by_its_hash_alone(cast: Cast, invite, superuser_engine: Engine) -> None:
    link = invite(_address(cast))
    with superuser_engine.connect() as connection:
        kept = connection.execute(
            text("SELECT token_hash FROM provider_invitation WHERE email = :to"), {"to": _address(cast)}
        ).scalar_one()
    assert kept not in link and re.fullmatch("[0-9a-f]{64}", kept)


def test_a_link_that_nobody_was_sent_leads_nowhere(client) -> None:
    assert client.get("/provider-invitation/made-up").status_code == 404
    assert client.get("/provider-invitation/%E2%82%AC").status_code == 404


def test_an_address_has_one_open_invitation(as_, cast: Cast, entry: str, invite) -> None:
    invite(_address(cast))
    again = as_(cast.coordinator).submit(entry, {"email": _address(cast)})
    assert again.status_code == 422 and "has an invitation that is open until" in again.text


def test_an_invitation_that_was_taken_back_can_not_be_used(as_, client, cast: Cast, entry: str, invite) -> None:
    link = invite(_address(cast))
    client.get(link)
    coordinator = as_(cast.coordinator)
    take_back = re.search(rf"{entry}/invitations/[^\"]+", coordinator.get(entry).text)
    assert take_back
    assert coordinator.submit(entry, button=take_back[0]).status_code == 303
    assert client.get(link).status_code == 410
    assert "Taken back on" in coordinator.get(entry).text
    assert invite(_address(cast)) != link


def test_an_invitation_runs_out_and_can_be_sent_anew(
    as_, client, cast: Cast, entry: str, invite, superuser_engine: Engine
) -> None:
    link = invite(_address(cast))
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE provider_invitation SET expires_at = now() - interval '1 minute' WHERE email = :to"),
            {"to": _address(cast)},
        )
    assert client.get(link).status_code == 410
    assert "Ran out on" in as_(cast.coordinator).get(entry).text
    assert client.get(invite(_address(cast))).status_code == 200


def test_it_is_accepted_once(client, cast: Cast, invite, superuser_engine: Engine) -> None:
    link = invite(_address(cast))
    short = client.submit(link, {"name": "Noor Wall", "password": "short"})
    assert short.status_code == 422 and "Noor Wall" in short.text
    assert client.submit(link, {"name": "Noor Wall", "password": PASSWORD}).status_code == 303
    assert client.get(link).status_code == 410
    with superuser_engine.connect() as connection:
        assert (
            connection.execute(
                text("SELECT count(*) FROM provider_user u JOIN person p ON p.id = u.person_id WHERE p.email = :to"),
                {"to": _address(cast)},
            ).scalar_one()
            == 1
        )


def test_somebody_with_an_account_joins_by_signing_in(as_, client, cast: Cast, invite) -> None:
    link = invite(cast.ours.staff.email)
    page = client.get(link)
    assert "You have an account" in page.text and 'name="password"' not in page.text
    staff = as_(cast.ours.staff)
    assert staff.submit(link).status_code == 303
    assert staff.get(f"/provider/{cast.trainer.slug}/courses").status_code == 200


def test_somebody_else_who_is_signed_in_can_not_take_it(as_, cast: Cast, invite) -> None:
    link = invite(_address(cast))
    colleague = as_(cast.ours.colleague)
    assert "This invitation is for somebody else" in colleague.get(link).text
    page = colleague.get(f"/o/{cast.ours.tenant.slug}/").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert colleague.post(link, data={"csrf_token": token}).status_code == 303
    assert colleague.get(f"/provider/{cast.trainer.slug}/courses").status_code == 404

"""What an organisation hands to its auditor, and what everybody reads about data protection."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import make_member
from tia_hub.core.scope import Actor, IdentityScope, transaction
from tia_hub.core.trail import record_for_person
from tia_hub.home.personal import HOLDINGS
from tia_hub.home.retention import RULES
from tia_hub.settings import SubProcessor
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.services.people import end_membership
from tia_hub.tenants.types.roles import Role


@pytest.fixture
def house(app: Flask, cast: Cast, superuser_engine: Engine) -> Cast:
    """One member with a second factor who signed in, one who left, one open invitation."""
    ours = cast.ours
    with app.app_context():
        leaver = make_member(ours.tenant, name="=Lee Leaver")
        with transaction(ours.tenant.scope(ours.lead)) as scope:
            invite_member(scope, email="guest@example.org", name="Gus Guest", role=Role.STAFF)
            assert leaver.membership_id
            end_membership(scope, leaver.membership_id)
        with transaction(IdentityScope(actor=Actor(person_id=ours.staff.id, name=ours.staff.name))) as identity:
            record_for_person(identity, ours.staff.id, "account.signed_in", "Signed in")
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE person SET tf_primary_method = 'authenticator', tf_totp_secret = 'zq-totp-zq' WHERE id = :id"),
            {"id": ours.staff.id},
        )
    return cast


def test_it_says_who_has_access_how_they_sign_in_and_that_the_trail_is_whole(as_, house: Cast) -> None:
    path = f"/o/{house.ours.tenant.slug}/assurance"
    shown = as_(house.ours.lead).get(path).text
    assert "1 of 5 people with access have set up a second factor." in shown
    assert "is whole" in shown
    for words in ("Ours Sam Staff", house.ours.staff.email, "Gus Guest", "=Lee Leaver", "Closed the access of"):
        assert words in shown
    assert "zq-totp-zq" not in shown
    assert "Theirs" not in shown
    assert as_(house.ours.manager).get(path).status_code == 403
    assert as_(house.theirs.lead).get(path).status_code == 404


def test_who_has_access_is_taken_away_as_a_sheet(as_, house: Cast) -> None:
    path = f"/o/{house.ours.tenant.slug}/assurance"
    client = as_(house.ours.lead)
    sheet = client.submit(path)
    rows = {row["Name"]: row for row in csv.DictReader(io.StringIO(sheet.data.decode("utf-8-sig")))}
    assert len(rows) == 6
    assert rows["Ours Sam Staff"]["Second factor"] == "Yes"
    assert rows["Ours Sam Staff"]["Last sign-in"]
    assert rows["Ours Max Manager"]["Last sign-in"] == ""
    assert rows["'=Lee Leaver"]["Until"]
    assert "Downloaded who has access as a sheet, with 6 people" in client.get(f"/o/{house.ours.tenant.slug}/trail").text


def test_a_review_of_access_is_an_act_with_a_date(as_, house: Cast) -> None:
    path = f"/o/{house.ours.tenant.slug}/assurance"
    client = as_(house.ours.lead)
    assert "Nobody has reviewed access yet" in client.get(path).text
    refused = client.submit(path, {"note": "x" * 2001}, button=f"{path}/review")
    assert refused.status_code == 422
    assert "x" * 2001 in refused.text
    assert client.submit(path, {"note": "Closed Lee’s"}, button=f"{path}/review").location == path
    shown = client.get(path).text
    assert "Closed Lee’s" in shown
    assert "Reviewed who has access: 5 people" in client.get(f"/o/{house.ours.tenant.slug}/trail").text


def test_the_page_on_data_protection_is_made_from_what_is_held(app: Flask, client) -> None:
    settings = app.extensions["settings"]
    named = settings.model_copy(
        update={
            "operator_name": "Solent Vale office",
            "operator_contact": "data@example.org",
            "data_place": "Two data centres in the United Kingdom",
            "sub_processors": [SubProcessor(name="Example Hosting", purpose="Servers", place="United Kingdom")],
        }
    )
    app.extensions["settings"] = named
    try:
        shown = client.get("/privacy").text
    finally:
        app.extensions["settings"] = settings
    for words in ("Solent Vale office", "data@example.org", "Two data centres", "Example Hosting"):
        assert words in shown
    for holding in HOLDINGS:
        assert holding.collect is None or holding.title in shown
    for rule in RULES:
        assert rule.words in shown
    assert "Nobody is named for this installation" in client.get("/privacy").text

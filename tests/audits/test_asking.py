"""Asking somebody about parts of an audit: they see those parts, write beside them, and nothing of it is mixed or lost."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, select, text

from tests.cast import Cast
from tests.client import StrictClient, form_fields
from tests.factories.audits import make_audit, make_request
from tests.statements import counted
from tests.tenants.mails import bodies_to, rows
from tia_hub.audits.models import Audit, AuditContribution, AuditEntry, AuditRequest
from tia_hub.audits.services.audits import submit_audit
from tia_hub.core.clock import today
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.tenants.types.roles import Role

JOURNEY = "Our own words on the journey"
ENTRIES = {
    code: {"rating": "amber", "journey": f"{JOURNEY} of {code}", "evidence": f"Evidence of {code}"}
    for code in ("safety.1", "safety.2", "choice.1")
}
As = Callable[..., StrictClient]


@pytest.fixture
def audit_id(make: Callable[..., UUID], cast: Cast) -> UUID:
    return make(make_audit, cast.ours.tenant, title="Spring audit", entries=ENTRIES)


@pytest.fixture
def make(app: Flask) -> Callable[..., UUID]:
    """Have a factory make something."""

    def call(factory: Callable[..., UUID], *args: object, **kwargs: object) -> UUID:
        with app.app_context():
            return factory(*args, **kwargs)

    return call


def asked_path(cast: Cast, asked_id: UUID) -> str:
    return f"/o/{cast.ours.tenant.slug}/asked/{asked_id}"


def audit_path(cast: Cast, audit_id: UUID) -> str:
    return f"/o/{cast.ours.tenant.slug}/audits/{audit_id}"


def text_of(code: str) -> str:
    return next(each.text for each in current_edition().criteria if each.code == code)


def test_the_whole_way(as_: As, cast: Cast, audit_id: UUID, superuser_engine: Engine) -> None:
    lead, guest, home = as_(cast.ours.lead), as_(cast.ours.contributor), f"/o/{cast.ours.tenant.slug}/"
    due = today() + timedelta(days=10)
    data = {
        "email": cast.ours.contributor.email.upper(),
        "codes": ["choice.1", "safety"],
        "note": "Did you feel safe at our front desk?",
        "due_on-day": str(due.day),
        "due_on-month": str(due.month),
        "due_on-year": str(due.year),
    }
    assert lead.submit(f"{audit_path(cast, audit_id)}/ask", data).status_code == 303
    assert "0 of 11 criteria answered" in lead.get(f"{audit_path(cast, audit_id)}/ask").text
    [body] = bodies_to(superuser_engine, cast.ours.contributor.email)
    assert cast.ours.tenant.name in body and "11 criteria" in body
    path = body[body.index("http://localhost/o/") :].split()[0].removeprefix("http://localhost")

    work = guest.get(home).text
    assert "Spring audit" in work and "0 of 11 answered" in work and f'href="{path}"' in work
    shown = guest.get(path).text
    assert "Did you feel safe at our front desk?" in shown
    assert text_of("safety.3") in shown and text_of("choice.1") in shown and text_of("choice.2") not in shown
    assert JOURNEY not in shown
    answer = {
        "safety-1-rating": "red",
        "safety-1-comment": "The waiting room frightened me.",
        "choice-1-comment": "I was asked.",
    }
    assert guest.submit(path, answer).status_code == 303
    assert "2 of 11 answered" in guest.get(home).text

    read = lead.get(audit_path(cast, audit_id)).text
    assert f"View of {cast.ours.contributor.name}" in read
    assert "The waiting room frightened me." in read and "I was asked." in read
    # The self-rating is what it was.
    kept = "SELECT rating, journey FROM audit_entry WHERE audit_id = :id AND code = 'safety.1'"
    assert rows(superuser_engine, kept, id=audit_id) == [("amber", f"{JOURNEY} of safety.1")]


def test_only_leads_and_the_author_read_it(as_: As, make, cast: Cast, audit_id: UUID) -> None:
    asked_id = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor)
    path = asked_path(cast, asked_id)
    as_(cast.ours.contributor).submit(path, {"safety-1-comment": "zq-view-zq"})
    for someone in (cast.ours.staff, cast.ours.manager):
        assert "zq-view-zq" not in as_(someone).get(audit_path(cast, audit_id)).text
        assert as_(someone).get(path).status_code == 404
    assert as_(cast.ours.lead).get(path).status_code == 404
    assert "zq-view-zq" in as_(cast.ours.lead).get(audit_path(cast, audit_id)).text


def test_what_the_organisation_wrote_is_shown_only_where_the_lead_says_so(as_: As, make, cast: Cast, audit_id: UUID) -> None:
    plain = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor)
    guest = as_(cast.ours.contributor)
    assert JOURNEY not in guest.get(asked_path(cast, plain)).text
    shown = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor, ("safety.2",), shows_ours=True)
    page = guest.get(asked_path(cast, shown)).text
    assert f"{JOURNEY} of safety.2" in page and "Evidence of safety.2" in page
    assert f"{JOURNEY} of safety.1" not in page


def test_a_guest_opens_no_other_page_of_the_organisation(as_: As, cast: Cast, audit_id: UUID) -> None:
    guest, home = as_(cast.ours.contributor), f"/o/{cast.ours.tenant.slug}/"
    assert guest.get(home).status_code == 200
    for page in (
        "audits",
        f"audits/{audit_id}",
        "training/",
        "courses",
        "outcomes",
        "people",
        "teams",
        "shared",
        "trail",
        "first-steps",
    ):
        assert guest.get(f"{home}{page}").status_code in (403, 404), page
    shown = guest.get(home).text
    for word in ("Outreach", "Outcomes", "Courses", "self-assessment"):
        assert word not in shown


def test_the_database_itself_keeps_a_guest_to_what_they_were_asked(context: None, cast: Cast, superuser_engine: Engine) -> None:
    """Whatever a query forgets: row-level security says it too."""
    tenant, guest = cast.ours.tenant, cast.ours.contributor
    audit = make_audit(tenant, entries=ENTRIES)
    mine = make_request(tenant, audit, guest, ("safety.1",), shows_ours=True)
    other = make_request(tenant, audit, cast.ours.staff, ("choice.1",), shows_ours=True)
    with transaction(tenant.scope(guest, Role.CONTRIBUTOR)) as scope:
        assert set(scope.session.scalars(select(AuditEntry.code))) == {"safety.1"}
        assert set(scope.session.scalars(select(AuditRequest.id))) == {mine}
        assert set(scope.session.scalars(select(AuditContribution.request_id))) == {mine}
        changed = scope.session.execute(
            text("UPDATE audit_contribution SET comment = 'forged' WHERE request_id = :id"), {"id": other}
        )
        assert changed.rowcount == 0
    with transaction(tenant.scope(cast.ours.manager, Role.MANAGER)) as scope:
        assert list(scope.session.scalars(select(AuditContribution.id))) == []
        assert len(list(scope.session.scalars(select(AuditEntry.id)))) > 46
    with transaction(tenant.scope(cast.ours.lead)) as scope:
        assert set(scope.session.scalars(select(AuditContribution.request_id))) == {mine, other}
        # A lead reads what was said and can't change it.
        assert scope.session.execute(text("UPDATE audit_contribution SET comment = 'forged'")).rowcount == 0
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE audit_request SET closed_at = now() WHERE id = :id"), {"id": mine})
    with transaction(tenant.scope(guest, Role.CONTRIBUTOR)) as scope:
        assert list(scope.session.scalars(select(AuditEntry.code))) == []
        assert list(scope.session.scalars(select(Audit.id))) == [audit]


def test_a_request_that_is_withdrawn_closes_and_loses_nothing(as_: As, make, cast: Cast, audit_id: UUID) -> None:
    asked_id = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor, shows_ours=True)
    guest, lead, path = as_(cast.ours.contributor), as_(cast.ours.lead), asked_path(cast, asked_id)
    guest.submit(path, {"safety-1-comment": "Kept all the same."})
    fields = {"csrf_token": token(guest, path), "safety-1-comment": "Typed meanwhile."}
    ask = f"{audit_path(cast, audit_id)}/ask"
    assert lead.submit(ask, button=f"{audit_path(cast, audit_id)}/requests/{asked_id}/withdraw").status_code == 303
    assert "Withdrawn" in lead.get(ask).text
    shown = guest.get(path).text
    assert (
        "was withdrawn" in shown
        and "Kept all the same." in shown
        and JOURNEY not in shown
        and '<form action="' + path not in shown
    )
    late = guest.post(path, data=fields)
    assert late.status_code == 409
    assert "Typed meanwhile." in late.text
    assert "Kept all the same." in lead.get(audit_path(cast, audit_id)).text


def test_once_the_audit_is_submitted_it_can_only_be_read(as_: As, app: Flask, make, cast: Cast, audit_id: UUID) -> None:
    asked_id = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor)
    guest, path = as_(cast.ours.contributor), asked_path(cast, asked_id)
    guest.submit(path, {"safety-1-comment": "In time."})
    fields = {"csrf_token": token(guest, path), "safety-1-comment": "Too late."}
    with app.app_context(), transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        submit_audit(scope, audit_id=audit_id)
    shown = guest.get(path).text
    assert "was submitted" in shown and "In time." in shown
    assert guest.post(path, data=fields).status_code == 409
    assert guest.post(f"{path}/criteria/safety.1", data=fields, headers={"HX-Request": "true"}).status_code == 409
    assert "Submitted" in guest.get(f"/o/{cast.ours.tenant.slug}/").text
    assert "In time." in as_(cast.ours.lead).get(audit_path(cast, audit_id)).text


def token(client: StrictClient, path: str) -> str:
    """The token of a page's forms."""
    page = client.get(path).text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_it_is_saved_as_one_types(as_: As, make, cast: Cast, audit_id: UUID, superuser_engine: Engine) -> None:
    asked_id = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor)
    guest, path = as_(cast.ours.contributor), asked_path(cast, asked_id)
    fields = fields_of(guest, path)
    saved = guest.post(f"{path}/criteria/safety.1", data=fields | {"safety-1-comment": "Typed"}, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    kept = "SELECT comment, rating, version FROM audit_contribution WHERE request_id = :id AND code = 'safety.1'"
    assert rows(superuser_engine, kept, id=asked_id) == [("Typed", None, 2)]
    missing = guest.post(f"{path}/criteria/choice.1", data=fields, headers={"HX-Request": "true"})
    assert missing.status_code == 404


def fields_of(client: StrictClient, path: str) -> dict[str, object]:
    """What the page's form would send untouched."""
    [form] = [
        each for each in JustHTML(client.get(path).text, sanitize=False).query("form") if each.attrs.get("action") == path
    ]
    return form_fields(form)


def test_two_windows_of_the_same_person_lose_nothing(
    as_: As, make, cast: Cast, audit_id: UUID, superuser_engine: Engine
) -> None:
    asked_id = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor)
    guest, path = as_(cast.ours.contributor), asked_path(cast, asked_id)
    one, other = fields_of(guest, path), fields_of(guest, path)
    assert guest.post(path, data=one | {"safety-1-comment": "From the first window"}).status_code == 303
    answer = guest.post(path, data=other | {"safety-1-comment": "From the second window", "safety-2-comment": "More"})
    assert answer.status_code == 409
    assert "From the first window" in answer.text and "From the second window" in answer.text
    kept = "SELECT comment FROM audit_contribution WHERE request_id = :id AND code = 'safety.1'"
    assert rows(superuser_engine, kept, id=asked_id) == [("From the first window",)]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"email": ""}, "Enter the email address"),
        ({"email": "nobody-here@example.org"}, "Nobody here has this address"),
        ({"codes": []}, "Choose what you ask them about"),
        ({"codes": ["safety.99"]}, "Choose one of the answers"),
        ({"due_on-day": "1", "due_on-month": "1", "due_on-year": "2020"}, "today or later"),
        ({"shows": "everything"}, "Choose one of the answers"),
    ],
)
def test_a_request_that_can_not_be_made_says_why(
    as_: As, cast: Cast, audit_id: UUID, entry: dict[str, object], words: str
) -> None:
    data: dict[str, object] = {"email": cast.ours.contributor.email, "codes": ["safety"], "note": "What I typed"} | entry
    answer = as_(cast.ours.lead).submit(f"{audit_path(cast, audit_id)}/ask", data)
    assert answer.status_code == 422
    assert words in answer.text and "What I typed" in answer.text


def test_the_audit_page_takes_two_statements_for_all_that_people_said(
    as_: As, make, app: Flask, cast: Cast, audit_id: UUID
) -> None:
    client, path = as_(cast.ours.lead), audit_path(cast, audit_id)
    client.get(path)
    with counted(app) as before:
        client.get(path)
    for someone in (cast.ours.contributor, cast.ours.staff, cast.ours.manager):
        asked_id = make(make_request, cast.ours.tenant, audit_id, someone)
        as_(someone).submit(asked_path(cast, asked_id), {"safety-1-comment": "One view", "safety-2-comment": "Another"})
    with counted(app) as after:
        assert client.get(path).text.count("View of") == 6
    assert len(before) <= 6
    assert len(after) == len(before) + 1


def test_who_left_is_not_asked_any_more(as_: As, make, cast: Cast, audit_id: UUID) -> None:
    asked_id = make(make_request, cast.ours.tenant, audit_id, cast.ours.contributor, due_on=date(2027, 5, 1))
    lead = as_(cast.ours.lead)
    assert lead.submit(f"/o/{cast.ours.tenant.slug}/people/{cast.ours.contributor.membership_id}/close").status_code == 303
    assert as_(cast.ours.contributor).get(asked_path(cast, asked_id)).status_code == 404

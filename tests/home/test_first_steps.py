"""First steps: what is done is found out from what there is; each role has its own; they can be put away and come back."""

import io

import pytest
from flask import Flask
from justhtml import JustHTML

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.audits import make_audit, make_shared_audit
from tests.factories.tenants import make_member, make_organisation, make_picture, make_team
from tests.factories.training import confirm, make_draft, make_shared
from tests.statements import counted
from tia_hub.tenants.types.roles import Role


def steps_of(client: StrictClient, home: str) -> dict[str, str]:
    """The steps on their page: title and state."""
    document = JustHTML(client.get(f"{home}first-steps").text, sanitize=False)
    found = {}
    for item in document.query("#main-content .govuk-task-list__item"):
        title = (item.query(".govuk-task-list__link") or item.query("div")[1:])[0]
        found[" ".join(title.to_text().split())] = " ".join(item.query(".govuk-task-list__status")[0].to_text().split())
    return found


def test_a_new_lead_goes_from_nothing_to_all_done(as_, make, cast: Cast) -> None:
    tenant = make(make_organisation, cast.region)
    lead_of = make(make_member, tenant, Role.LEAD, name="Nell New")
    lead, home = as_(lead_of), f"/o/{tenant.slug}/"
    shown = lead.get(home).text
    assert "0 of 7 are done" in shown
    assert "Check your organisation’s entry" in shown and "Share an audit with the coordinator" not in shown, "in brief"
    assert set(steps_of(lead, home).values()) == {"To do", "If you like"}

    assert lead.submit(f"{home}organisation", button=f"{home}organisation/check").status_code == 303
    make(make_team, tenant)
    staff = make(make_member, tenant, name="Cole League")
    steps = steps_of(lead, home)
    assert steps["Check your organisation’s entry"] == steps["Make your teams"] == steps["Invite your colleagues"] == "Done"
    assert steps["Say who manages whom"] == "To do"
    assert "1 person has none yet" in lead.get(f"{home}first-steps").text
    person = {"role": "staff", "manager": str(lead_of.membership_id)}
    assert lead.submit(f"{home}people/{staff.membership_id}", person).status_code == 303
    make(make_audit, tenant)
    make(make_draft, tenant, lead_of)
    assert [title for title, state in steps_of(lead, home).items() if state == "To do"] == [
        "Share an audit with the coordinator"
    ]
    shown = lead.get(home).text
    assert "6 of 7 are done" in shown and "Share an audit with the coordinator" in shown
    make(make_shared_audit, tenant)
    assert "are done. In any order" not in lead.get(home).text
    assert "All of it is done." in lead.get(f"{home}first-steps").text
    assert steps_of(lead, home)["Add your logo"] == "If you like", "nobody waits for a logo"
    picture = {"picture": (io.BytesIO(make_picture()), "logo.png")}
    assert lead.submit(f"{home}organisation/logo", picture, content_type="multipart/form-data").status_code == 303
    assert steps_of(lead, home)["Add your logo"] == "Done"


def test_staff_and_managers_have_steps_of_their_own(as_, make, cast: Cast) -> None:
    home = f"/o/{cast.ours.tenant.slug}/"
    staff, manager, alone = as_(cast.ours.staff), as_(cast.ours.manager), as_(cast.ours.colleague)
    assert steps_of(staff, home) == {
        "Begin your self-assessment": "To do",
        "Have a line manager here": "Done",
        "Share it with your manager": "To do",
        "Agree your plans": "To do",
    }
    assert "Without one you can write" in alone.get(f"{home}first-steps").text
    assert steps_of(manager, home)["Know whom you manage here"] == "Done"
    form_id = make(make_shared, cast.ours.tenant, cast.ours.staff, cast.ours.manager)
    make(confirm, cast.ours.tenant, cast.ours.staff, form_id, role=Role.STAFF)
    make(confirm, cast.ours.tenant, cast.ours.manager, form_id)
    assert set(steps_of(staff, home).values()) == {"Done"}
    assert "All first steps" not in staff.get(home).text
    assert steps_of(manager, home)["Agree plans with somebody you manage"] == "Done"


def test_they_are_put_away_and_come_back_for_oneself_alone(as_, cast: Cast) -> None:
    home = f"/o/{cast.ours.tenant.slug}/"
    staff = as_(cast.ours.staff)
    path = f"{home}first-steps"
    assert "All first steps" in staff.get(home).text
    assert staff.submit(home, button=path).status_code == 303
    assert "All first steps" not in staff.get(home).text
    assert "All first steps" in as_(cast.ours.colleague).get(home).text
    assert staff.submit(path).status_code == 303
    assert "All first steps" in staff.get(home).text


@pytest.mark.parametrize("who", ["lead", "staff"])
def test_the_page_takes_few_statements(as_, app: Flask, cast: Cast, who: str) -> None:
    client = as_(getattr(cast.ours, who))
    with counted(app) as statements:
        client.get(f"/o/{cast.ours.tenant.slug}/first-steps")
    assert len(statements) <= 9, "\n".join(statements)

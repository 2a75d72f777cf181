"""A lead brings people in by a staff list."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import make_member, make_team
from tests.tenants.mails import rows
from tests.tenants.uploads.lists import check, facts, import_all, make_csv, run_jobs, send, table, upload
from tia_hub.core.scope import transaction
from tia_hub.tenants.retention import RULES
from tia_hub.tenants.types.roles import Role

pytestmark = pytest.mark.usefixtures("empty_queue")


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/"


@pytest.fixture
def lead(as_, cast: Cast) -> StrictClient:
    return as_(cast.ours.lead)


def entry(engine: Engine, membership_id: object) -> tuple[object, ...]:
    return rows(engine, "SELECT role, job_title, team_id, manager_id FROM membership WHERE id = :id", id=membership_id)[0]


def everybody(cast: Cast) -> list[dict[str, str]]:
    """Rows that say of everybody in our house that they are here, and no more."""
    house = cast.ours
    return [{"email": each.email} for each in (house.lead, house.manager, house.staff, house.colleague)]


def test_new_people_are_invited_and_members_changed(
    lead: StrictClient, cast: Cast, home: str, superuser_engine: Engine
) -> None:
    staff, manager = cast.ours.staff, cast.ours.manager
    content = make_csv(
        *everybody(cast)[:2],
        {"email": staff.email.upper(), "name": "Ignored", "job_title": "Nurse", "role": "manager"},
        {"email": cast.ours.colleague.email, "manager": staff.email},
        {
            "email": "nia@example.org",
            "name": "Nia New",
            "job_title": "Nurse",
            "team": "ours outreach TEAM",
            "manager": manager.email,
        },
    )
    path = check(lead, home, content)
    page = lead.get(path).text
    assert facts(page)["New people, who will be invited"] == "1"
    assert facts(page)["People whose entry changes"] == "2"
    assert facts(page)["People who stay as they are"] == "2"
    assert table(lead.get(f"{path}?show=changed").text) == [
        ["4", "Role: Manager (was Member of staff) · Job title: Nurse (was empty)", "Ours Sam Staff", staff.email],
        ["5", "Manager: Ours Sam Staff (was empty)", "Ours Cleo Colleague", cast.ours.colleague.email],
    ]
    done = import_all(lead, superuser_engine, path)
    assert facts(done)["Invited"] == "1"
    assert facts(done)["Changed"] == "2"
    assert entry(superuser_engine, staff.membership_id)[:2] == ("manager", "Nurse")
    assert entry(superuser_engine, cast.ours.colleague.membership_id)[3] == staff.membership_id
    invited = rows(superuser_engine, "SELECT name, role FROM invitation WHERE organisation_id = :o", o=cast.ours.tenant.id)
    assert invited == [("Nia New", "staff")]
    words = rows(superuser_engine, "SELECT actor_name, words FROM trail_event WHERE action = 'staff_list.imported'")
    assert ("Ours Lena Lead", "Imported the staff list staff.csv: 1 invited, 2 changed") in words

    again = lead.get(check(lead, home, content)).text
    assert "There is nothing to import" in again
    assert facts(again)["Invited before and not joined yet: their invitations stay as they are"] == "1"
    assert facts(again)["People who stay as they are"] == "4"


def test_every_fault_is_told_by_row_with_what_to_do(lead: StrictClient, cast: Cast, home: str) -> None:
    house = cast.ours
    content = make_csv(
        {"email": house.lead.email, "role": "staff"},
        {"email": house.manager.email, "role": "Member of staff"},
        {"email": house.staff.email, "manager": house.staff.email},
        {"email": "not an address", "name": "Nobody"},
        {"name": "No address"},
        {"email": "a@example.org", "name": "Role", "role": "Mangr"},
        {"email": "b@example.org", "name": "Team", "team": "Ours Outreech team"},
        {"email": "c@example.org", "name": "Manager", "manager": "gone@example.org"},
        {"email": "d@example.org", "name": "Manager", "manager": house.colleague.email},
        {"email": "e@example.org"},
        {"email": "a@example.org", "name": "Again"},
        {"email": "f@example.org", "name": "x" * 201},
        {"email": "g@example.org", "name": "Leaving", "leaving": "perhaps"},
        {"email": house.colleague.email, "name": "Two\nlines"},
    )
    path = check(lead, home, content)
    told = {int(number): words for number, words, _, _ in table(lead.get(path).text)}
    assert list(told) == [2, *range(3, 16)]
    assert "no lead left" in told[2]
    assert "still manage people" in told[3]
    assert "own manager" in told[4]
    assert "not an email address" in told[5]
    assert "missing" in told[6]
    assert "Did you mean Manager?" in told[7]
    assert "Did you mean “Ours Outreach team”?" in told[8]
    assert "gone@example.org is not here" in told[9]
    assert "can’t be a manager with the role “Member of staff”" in told[10]
    assert "name is missing" in told[11]
    assert "Row 7 has this address already" in told[12]
    assert "too long" in told[13]
    assert "Write yes" in told[14]
    assert "line break" in told[15]
    file = lead.get(f"{path}/faults.csv")
    assert file.headers["Content-Disposition"].startswith("attachment")
    corrected = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert corrected[0][-1] == "What to correct"
    assert corrected[5][0:2] == ["", "No address"]
    assert corrected[5][-1].startswith("Row 6: ")
    assert "There is nothing to import" in lead.get(path).text


def test_circles_are_refused_and_swaps_are_not(lead: StrictClient, cast: Cast, home: str, superuser_engine: Engine) -> None:
    house = cast.ours
    circle = make_csv(
        {"email": house.lead.email, "manager": house.manager.email},
        {"email": "x@example.org", "name": "X", "role": "manager", "manager": "y@example.org"},
        {"email": "y@example.org", "name": "Y", "role": "manager", "manager": "x@example.org"},
    )
    told = table(lead.get(check(lead, home, circle)).text)
    assert [row[0] for row in told] == ["2", "3", "4"]
    assert all("their own manager through others" in row[1] for row in told)
    # The manager managed the staff member; now it is the other way round.
    swap = make_csv(
        {"email": house.manager.email, "manager": house.staff.email},
        {"email": house.staff.email, "role": "lead", "manager": house.lead.email},
    )
    assert facts(import_all(lead, superuser_engine, check(lead, home, swap)))["Changed"] == "2"
    assert entry(superuser_engine, house.manager.membership_id)[3] == house.staff.membership_id
    assert entry(superuser_engine, house.staff.membership_id)[3] == house.lead.membership_id


def test_the_office_of_lead_can_change_hands(lead: StrictClient, cast: Cast, home: str, superuser_engine: Engine, as_) -> None:
    house = cast.ours
    content = make_csv(
        {"email": house.lead.email, "role": "manager"},
        {"email": house.manager.email, "role": "lead"},
    )
    path = check(lead, home, content)
    assert lead.submit(path, {"choice": "good"}, button=f"{path}/import").status_code == 303
    run_jobs(lead, superuser_engine)
    assert lead.get(path).status_code == 403
    assert facts(as_(house.manager).get(path).text)["Changed"] == "2"


def test_unknown_teams_are_made_where_that_is_wished(
    lead: StrictClient, cast: Cast, home: str, superuser_engine: Engine
) -> None:
    content = make_csv(
        {"email": cast.ours.staff.email, "team": "Adult services / Hospital / Ward 7"},
        {"email": "n@example.org", "name": "Nia", "team": "Adult services"},
    )
    path = check(lead, home, content)
    assert facts(lead.get(path).text)["Rows with something to correct"] == "2"
    assert lead.submit(f"{path}/columns", {"make_teams": "make"}).status_code == 303
    page = lead.get(path).text
    assert facts(page)["Rows with something to correct"] == "0"
    assert "Teams that will be made: 2" in page
    import_all(lead, superuser_engine, path)
    made = rows(
        superuser_engine,
        "SELECT t.name, p.name FROM team t LEFT JOIN team p ON p.id = t.parent_id WHERE t.organisation_id = :o ORDER BY 1",
        o=cast.ours.tenant.id,
    )
    assert made == [
        ("Adult services", None),
        ("Hospital", "Adult services"),
        ("Ours Outreach team", None),
        ("Ward 7", "Hospital"),
    ]
    assert "There is nothing to import" in lead.get(check(lead, home, content)).text


def test_a_manager_who_has_not_joined_is_waited_for(
    lead: StrictClient, cast: Cast, home: str, superuser_engine: Engine
) -> None:
    content = make_csv(
        {"email": "mia@example.org", "name": "Mia Moor", "role": "manager", "job_title": "Head of care"},
        {"email": cast.ours.colleague.email, "manager": "mia@example.org"},
        {"email": "nia@example.org", "name": "Nia New", "manager": "mia@example.org"},
    )
    done = import_all(lead, superuser_engine, check(lead, home, content))
    assert (facts(done)["Invited"], facts(done)["Changed"]) == ("2", "1")
    awaited = rows(
        superuser_engine, "SELECT awaited_manager FROM membership WHERE id = :id", id=cast.ours.colleague.membership_id
    )
    assert awaited == [("mia@example.org",)]
    invitations = rows(
        superuser_engine,
        "SELECT name, job_title, manager_email FROM invitation WHERE organisation_id = :o ORDER BY 1",
        o=cast.ours.tenant.id,
    )
    assert invitations == [("Mia Moor", "Head of care", None), ("Nia New", "", "mia@example.org")]
    assert "There is nothing to import" in lead.get(check(lead, home, content)).text
    file = lead.submit(f"{home}people/lists", {"kind": "csv"}, button=f"{home}people/lists/export")
    assert "There is nothing to import" in lead.get(check(lead, home, file.data)).text


def test_letters_that_are_a_guess_are_shown_and_asked_about(lead: StrictClient, home: str) -> None:
    content = "Email;Name\nzoe@example.org;Zoë Wójcik\n".replace("ó", "o").encode("cp1252")
    path = upload(lead, home, content)
    shown = lead.get(path, follow_redirects=True)
    assert shown.request.path == f"{path}/letters"
    assert "Zoë Wojcik" in shown.text
    assert lead.submit(f"{path}/letters").status_code == 422
    assert lead.submit(f"{path}/letters", {"right": "yes"}).status_code == 303
    assert lead.get(path, follow_redirects=True).request.path == f"{path}/columns"

    other = upload(lead, home, content)
    assert lead.submit(f"{other}/letters", {"right": "no"}).status_code == 303
    assert "was not imported" in lead.get(other).text


def test_columns_can_be_corrected_and_wrong_choices_are_kept(lead: StrictClient, cast: Cast, home: str) -> None:
    content = make_csv(["Sam", cast.ours.staff.email, "A", "B"], header=["Who", "Contact", "Post", "What they do"])
    path = upload(lead, home, content)
    page = lead.get(f"{path}/columns").text
    assert "B: Contact" in page and cast.ours.staff.email in page
    none = lead.submit(f"{path}/columns", {"job_title": "3"})
    assert none.status_code == 422
    assert "Choose the column with the work email addresses" in none.text
    assert '<option value="3" selected>D: What they do</option>' in none.text
    twice = lead.submit(f"{path}/columns", {"email": "1", "job_title": "1"})
    assert twice.status_code == 422
    assert "has this column already" in twice.text
    assert lead.submit(f"{path}/columns", {"email": "1", "job_title": "3"}).status_code == 303
    assert table(lead.get(path).text)[0][1] == "Job title: B (was empty)"
    # What was chosen is still there when they come back.
    assert '<option value="3" selected>D: What they do</option>' in lead.get(f"{path}/columns").text


def test_nothing_is_imported_where_that_is_chosen(lead: StrictClient, home: str, superuser_engine: Engine, cast: Cast) -> None:
    path = check(lead, home, make_csv({"email": "nia@example.org", "name": "Nia"}))
    assert lead.submit(path, button=f"{path}/import").status_code == 422
    assert lead.submit(path, {"choice": "nothing"}, button=f"{path}/import").status_code == 303
    assert run_jobs(lead, superuser_engine) == 0
    assert "what was in it is deleted" in lead.get(path).text
    kept = rows(
        superuser_engine,
        "SELECT content, preview::text, (SELECT count(*) FROM staff_upload_row r WHERE r.upload_id = u.id)"
        " FROM staff_upload u WHERE organisation_id = :o",
        o=cast.ours.tenant.id,
    )
    assert kept == [(None, "{}", 0)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_taken_and_its_examples_are_left_out(lead: StrictClient, home: str, kind: str) -> None:
    template = lead.get(f"{home}people/lists/template.{kind}")
    assert template.status_code == 200
    page = lead.get(check(lead, home, template.data, f"staff-list.{kind}")).text
    assert facts(page)["Example rows of the template, left out"] == "3"
    assert facts(page)["New people, who will be invited"] == "0"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_downloaded_changes_nothing_when_it_is_uploaded(
    lead: StrictClient, home: str, cast: Cast, kind: str, superuser_engine: Engine, app: Flask
) -> None:
    with app.app_context():
        parent = make_team(cast.ours.tenant, "=Adult services")
        make_member(cast.ours.tenant, Role.STAFF, name="=cmd|' /C calc'!A0", manager=cast.ours.manager, team_id=parent)
    with_title = {"email": cast.ours.staff.email, "job_title": '\'+Nurse, "senior"; ŵ 👩🏽‍🚒'}
    import_all(lead, superuser_engine, check(lead, home, make_csv(with_title, {"email": "new@example.org", "name": "-New"})))
    file = lead.submit(f"{home}people/lists", {"kind": kind}, button=f"{home}people/lists/export")
    assert file.status_code == 200
    assert b"\n=cmd" not in file.data and b",=cmd" not in file.data
    page = lead.get(check(lead, home, file.data, f"people.{kind}")).text
    counts = facts(page)
    assert counts["People who stay as they are"] == "6"
    assert counts["Invited before and not joined yet: their invitations stay as they are"] == "1"
    assert [
        counts[each]
        for each in ("New people, who will be invited", "People whose entry changes", "Rows with something to correct")
    ] == ["0", "0", "0"]
    assert "may have left" not in page
    assert rows(
        superuser_engine,
        "SELECT count(*) FROM trail_event WHERE action = 'people.exported' AND home_id = :o",
        o=cast.ours.tenant.id,
    ) == [(1,)]


def test_leavers_are_found_and_closed_one_by_one(
    lead: StrictClient, cast: Cast, home: str, as_, superuser_engine: Engine
) -> None:
    house = cast.ours
    path = check(lead, home, make_csv({"email": house.staff.email, "leaving": "yes"}, {"email": house.manager.email}))
    assert "2 people who are here may have left" in lead.get(path).text
    page = lead.get(f"{path}/leavers").text
    assert "Ours Lena Lead" not in page.split("<main")[1]
    assert page.index("Ours Sam Staff") < page.index("Ours Cleo Colleague")
    assert "The list says that they leave" in page
    assert lead.submit(f"{path}/leavers").status_code == 422
    own = lead.submit(f"{path}/leavers", {"people": [str(house.lead.membership_id)]})
    assert own.status_code == 422
    assert lead.submit(f"{path}/leavers", {"people": [str(house.staff.membership_id)]}).status_code == 303
    assert as_(house.staff).get(home).status_code == 404
    assert as_(house.colleague).get(home).status_code == 200
    assert "Ours Sam Staff" not in lead.get(f"{path}/leavers").text.split("<form")[-1]


def test_another_lead_sees_and_goes_on_with_a_list(
    lead: StrictClient, cast: Cast, home: str, as_, superuser_engine: Engine, app: Flask
) -> None:
    with app.app_context():
        second = make_member(cast.ours.tenant, Role.LEAD, name="Second Lead")
    path = check(lead, home, make_csv({"email": "nia@example.org", "name": "Nia"}))
    other = as_(second)
    assert "staff.csv" in other.get(f"{home}people/lists").text
    done = import_all(other, superuser_engine, path)
    assert "Uploaded by Ours Lena Lead" in done and "Second Lead chose to import it" in done


def test_two_clicks_upload_and_import_once(lead: StrictClient, home: str, superuser_engine: Engine, cast: Cast) -> None:
    path = check(lead, home, make_csv({"email": "nia@example.org", "name": "Nia"}))
    page = lead.get(path)
    assert page.status_code == 200
    first = lead.submit(path, {"choice": "good"}, button=f"{path}/import")
    assert first.status_code == 303
    run_jobs(lead, superuser_engine)
    token = lead.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    second = lead.post(f"{path}/import", data={"csrf_token": token, "choice": "good"})
    assert second.status_code == 409
    assert rows(superuser_engine, "SELECT count(*) FROM invitation WHERE organisation_id = :o", o=cast.ours.tenant.id) == [(1,)]


def test_one_form_sent_twice_is_one_upload(lead: StrictClient, home: str) -> None:
    content = make_csv({"email": "nia@example.org", "name": "Nia"})
    page = lead.get(f"{home}people/lists").text
    fields = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf_token", "token")}

    def click() -> str:
        answer = lead.post(f"{home}people/lists", data=fields | {"file": (io.BytesIO(content), "staff.csv")})
        return answer.headers["Location"]

    assert click() == click()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("staff.pdf", b"%PDF-1.7", "has to end in .xlsx or .csv"),
        ("staff.xlsx", b"%PDF-1.7 renamed", "a PDF document"),
        ("staff.csv", b"", "empty"),
        ("staff.csv", b"Name,Email\n", "no rows"),
        ("staff.csv", b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ("../../" + "x" * 300 + "\u202evsc.exe", b"Name\nx\n", "has to end in .xlsx or .csv"),
    ],
)
def test_what_is_no_list_is_refused_beside_the_field(
    lead: StrictClient, home: str, name: str, content: bytes, words: str
) -> None:
    answer = send(lead, home, content, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#file"' in answer.text


def test_no_file_is_refused(lead: StrictClient, home: str) -> None:
    answer = lead.submit(f"{home}people/lists")
    assert answer.status_code == 422
    assert "Choose the file" in answer.text


def test_a_far_too_large_request_is_refused_and_other_forms_keep_their_limit(lead: StrictClient, home: str) -> None:
    assert send(lead, home, b"x" * 11 * 1024 * 1024).status_code == 413
    big = lead.submit(f"{home}teams/new", {"name": "x", "remit": "x" * 3 * 1024 * 1024})
    assert big.status_code == 413


def test_a_hostile_name_of_a_file_is_shown_as_text(lead: StrictClient, home: str) -> None:
    path = upload(lead, home, make_csv({"email": "n@example.org", "name": "N"}), "<script>alert(1)</script>\u202e\x07.csv")
    assert "&lt;script&gt;" in lead.get(f"{path}/columns").text


def test_what_is_in_a_list_is_forgotten_after_a_week(
    lead: StrictClient, home: str, cast: Cast, superuser_engine: Engine, app: Flask
) -> None:
    path = check(lead, home, make_csv({"email": "nia@example.org", "name": "Nia"}))
    [rule] = [rule for rule in RULES if rule.kind == "staff_lists"]

    def forget(days: int) -> int:
        moved = (
            "UPDATE staff_upload SET created_at = now() - make_interval(days => :days) WHERE organisation_id = :o RETURNING 1"
        )
        rows(superuser_engine, moved, days=days, o=cast.ours.tenant.id)
        with app.app_context(), transaction(cast.ours.tenant.scope()) as scope:
            assert rule.count(scope, rule.cutoff()) in (0, 1)
            return rule.remove(scope, rule.cutoff())

    assert forget(6) == 0
    assert forget(8) == 1
    assert forget(9) == 0
    assert "is deleted" in lead.get(path).text
    assert rows(
        superuser_engine,
        "SELECT content, (SELECT count(*) FROM staff_upload_row r WHERE r.upload_id = u.id)"
        " FROM staff_upload u WHERE organisation_id = :o",
        o=cast.ours.tenant.id,
    ) == [(None, 0)]

"""Organisations from a spreadsheet: what is wrong is said row by row, and only what is good and new is added."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import unique
from tests.tenants.mails import bodies_to, rows

HEAD = "Name;Sector;Areas;Number of staff;Lead name;Lead email\n"


@pytest.fixture
def base(cast: Cast) -> str:
    return f"/p/{cast.region.slug}/organisations/list"


@pytest.fixture
def office(as_, cast: Cast) -> StrictClient:
    return as_(cast.coordinator)


def send(client: StrictClient, base: str, content: str | bytes, name: str = "list.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.submit(base, {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def names(engine: Engine, cast: Cast) -> list[object]:
    query = "SELECT name FROM organisation WHERE partnership_id = :id ORDER BY name"
    return [row[0] for row in rows(engine, query, id=cast.region.id)]


def test_good_rows_are_added_once_and_their_leads_invited(
    office: StrictClient, cast: Cast, base: str, superuser_engine: Engine
) -> None:
    address = f"{unique('lead')}@example.org"
    content = HEAD + f"Café Lumière;Charity and community;North; 1,200;Léa Field;{address.upper()}\n"
    content += "Gwŷr Council;council;south ; 40;;\n"
    content += f"{cast.ours.tenant.name.upper()};Health;;7;;\n"
    sent = send(office, base, content)
    assert sent.status_code == 303
    shown = office.get(sent.location).text
    assert "2 organisations would be added, and 1 lead invited by email." in shown
    assert "1 is there already" in shown and "0 rows can’t be added" in shown
    assert "Café Lumière" not in names(superuser_engine, cast), "looking adds nothing"

    added = office.submit(sent.location)
    assert added.status_code == 303
    assert "2 organisations were added" in office.get(added.location).text
    assert names(superuser_engine, cast) == ["Café Lumière", "Gwŷr Council", cast.ours.tenant.name, cast.theirs.tenant.name]
    assert rows(
        superuser_engine,
        "SELECT o.sector, o.headcount, a.name FROM organisation o JOIN organisation_area x ON x.organisation_id = o.id "
        "JOIN area a ON a.id = x.area_id WHERE o.partnership_id = :id ORDER BY o.name",
        id=cast.region.id,
    ) == [("charity", 1200, "North"), ("council", 40, "South")]
    assert "invites you to join Café Lumière" in bodies_to(superuser_engine, address)[0]
    assert rows(superuser_engine, "SELECT headcount FROM organisation WHERE id = :id", id=cast.ours.tenant.id) == [(40,)]

    again = send(office, base, content)
    assert "0 organisations would be added" in office.get(again.location).text
    assert "Add them" not in office.get(again.location).text
    assert len(names(superuser_engine, cast)) == 4 and len(bodies_to(superuser_engine, address)) == 1


def test_a_list_that_is_sent_twice_is_added_once(office: StrictClient, cast: Cast, base: str, superuser_engine: Engine) -> None:
    path = send(office, base, HEAD + "Lantern House;Charity and community;;;;\n").location
    page = office.get(path)
    token = page.text.split('name="csrf_token" value="')[-1].split('"')[0]
    answers = [office.post(path, data={"csrf_token": token}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert names(superuser_engine, cast).count("Lantern House") == 1
    assert "1 added on" in office.get(path).text


def test_every_fault_is_named_with_its_row_and_what_to_do(
    office: StrictClient, cast: Cast, base: str, superuser_engine: Engine
) -> None:
    content = HEAD
    content += "Good House;Police;;5;;\n"  # row 2
    content += ";Police;;5;;\n"  # row 3
    content += "Odd House;Polise;Nroth; -1 ;Robin Ash;\n"  # row 4
    content += "good house;Police;;5;;\n"  # row 5
    content += "Post House;Police;;5;Robin Ash;nobody\n"  # row 6
    content += f"{'x' * 300};Police;;5;;\n"  # row 7
    path = send(office, base, content).location
    shown = office.get(path).text
    assert "5 rows can’t be added" in shown
    for words in (
        "The name is missing. Enter the name of the organisation.",
        "There is no sector “Polise”. Did you mean “Police”?",
        "There is no area “Nroth”. Did you mean “North”?",
        "“-1” is no number of staff. Enter a whole number, like 40.",
        "A lead needs both a name and an email address.",
        "The name is also in row 2. Delete one of the two rows.",
        "“nobody” is no email address. Enter one like name@example.com.",
        "The name must be one line of up to 200 characters.",
        "Add the good rows (1)",
    ):
        assert words in shown, words
    for number in (3, 4, 5, 6, 7):
        assert f'<th scope="row" class="govuk-table__header">{number}</th>' in shown
    assert office.submit(path, button=f"{path}/forget").status_code == 303
    assert office.get(path).status_code == 404
    assert len(names(superuser_engine, cast)) == 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7 ...", "list.xlsx", "PDF document"),
        (b"", "list.csv", "The file is empty"),
        (b"Organisation name\nHarbour\n", "list.csv", "no column “Sector”"),
        (b"Name,Sector\n", "list.csv", "no rows below"),
        (("Name,Sector\n" + "A,Police\n" * 501).encode(), "list.csv", "more than 500"),
        (b"Name,Sector\nA,Police\n", "list.exe", "has to end in .xlsx or .csv"),
    ],
)
def test_files_that_are_none_are_refused_with_the_reason(
    office: StrictClient, base: str, content: bytes, name: str, words: str
) -> None:
    refused = send(office, base, content, name)
    assert refused.status_code == 422
    assert words in refused.text


def test_no_file_is_said_to_be_none(office: StrictClient, base: str) -> None:
    assert "Choose a file" in office.submit(base, {}, content_type="multipart/form-data").text


def test_letters_that_are_a_guess_are_asked_about(office: StrictClient, base: str) -> None:
    sent = send(office, base, "Name,Sector\nCafé Lumière,Police\n".encode("cp1252"))
    shown = office.get(sent.location).text
    assert "does not say how its letters are written" in shown and "Café Lumière" in shown


def test_the_template_is_read_back_as_it_is(office: StrictClient, cast: Cast, base: str) -> None:
    for kind in ("csv", "xlsx"):
        template = office.get(f"{base}/template.{kind}")
        assert template.headers["Content-Disposition"] == f'attachment; filename="organisations.{kind}"'
        shown = office.get(send(office, base, template.data, f"organisations.{kind}").location).text
        assert "1 organisation would be added" in shown and "North, South" in shown
    [sheet] = load_workbook(io.BytesIO(template.data)).worksheets
    assert [cell.value for cell in sheet[1]][:2] == ["Name", "Sector"]


def test_another_partnerships_list_is_not_there(as_, office: StrictClient, cast: Cast, base: str) -> None:
    path = send(office, base, HEAD + "Lantern House;Police;;;;\n").location
    elsewhere = as_(cast.other_coordinator)
    other = path.replace(cast.region.slug, cast.other_region.slug)
    assert elsewhere.get(other).status_code == 404
    assert elsewhere.get(path).status_code == 404


def test_names_that_make_the_same_address_are_all_added(
    office: StrictClient, cast: Cast, base: str, superuser_engine: Engine
) -> None:
    path = send(office, base, HEAD + "Cafe Lumiere;Police;;;;\nCafé Lumière;Police;;;;\nCafe, Lumiere!;Police;;;;\n").location
    assert "3 organisations were added" in office.get(office.submit(path).location).text
    slugs = rows(superuser_engine, "SELECT DISTINCT slug FROM organisation WHERE name ~ '^Caf'")
    assert len(slugs) >= 3
    assert len(names(superuser_engine, cast)) == 5

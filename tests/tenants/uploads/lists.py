"""Staff lists as leads make them, and sending them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from justhtml import JustHTML
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from tests.client import StrictClient, form_fields
from tia_hub.core.jobs.runner import run_job
from worker.tasks import load_tasks

HEADER = ("Work email address", "Name", "Job title", "Team", "Role", "Manager’s email address", "Leaving")


def make_csv(*rows: Mapping[str, str] | Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """A file with these rows; a mapping names its cells by the headings' beginnings in small letters: email, name, …"""
    keys = ("email", "name", "job_title", "team", "role", "manager", "leaving")
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(key, "") for key in keys] if isinstance(row, Mapping) else row)
    return file.getvalue().encode()


def send(client: StrictClient, home: str, content: bytes, name: str = "staff.csv") -> TestResponse:
    """Choose the file on the page and press the button."""
    path = f"{home}people/lists"
    page = JustHTML(client.get(path).text, sanitize=False)
    (form,) = (each for each in page.query("form") if each.attrs.get("action") == path)
    return client.post(path, data=form_fields(form) | {"file": (io.BytesIO(content), name)})


def upload(client: StrictClient, home: str, content: bytes, name: str = "staff.csv") -> str:
    """Upload a file that is taken; the address of its page."""
    answer = send(client, home, content, name)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def check(client: StrictClient, home: str, content: bytes, name: str = "staff.csv", **columns: str) -> str:
    """Upload a file and have it checked by the columns that were found, or these; the address of its page."""
    path = upload(client, home, content, name)
    assert client.submit(f"{path}/columns", columns).status_code == 303
    return path


def run_jobs(client: StrictClient, engine: Engine) -> int:
    """Run the jobs that wait, as a worker of the client's application does, those for later left alone; how many."""
    load_tasks()
    done = 0
    while True:
        with engine.begin() as connection:
            found = connection.execute(
                text(
                    "SELECT id FROM job WHERE state = 'queued' AND due_at <= now() AND name LIKE '%_staff_list' "
                    "ORDER BY created_at LIMIT 1"
                )
            ).scalar()
        if found is None:
            return done
        with client.application.app_context():
            run_job(found)
        done += 1


def import_all(client: StrictClient, engine: Engine, path: str) -> str:
    """Choose to import the good rows and let the worker do it; the page that says what was done."""
    assert client.submit(path, {"choice": "good"}, button=f"{path}/import").status_code == 303
    run_jobs(client, engine)
    return client.get(path).text


def facts(page: str) -> dict[str, str]:
    """The numbers on a page by what they count."""
    document = JustHTML(page, sanitize=False)
    return {
        row.query("dt")[0].to_text().strip(): row.query("dd")[0].to_text().strip()
        for row in document.query(".govuk-summary-list__row")
    }


def table(page: str) -> list[list[str]]:
    """The cells of the last table on a page."""
    tables = JustHTML(page, sanitize=False).query("table")
    if not tables:
        return []
    return [
        [re.sub(r"\s+", " ", cell.to_text()).strip() for cell in row.query("th, td")] for row in tables[-1].query("tbody tr")
    ]

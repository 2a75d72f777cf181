"""A staff list of 100,000 rows, one in a hundred of them bad, and files made to do harm: time and memory of what reads them."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import Engine, text

from bench.measuring import Figure
from tests.core.sheets.test_xlsx import HOSTILE
from tests.factories.tenants import make_member, make_organisation, make_region, make_team
from tests.services import Services
from tia_hub.core.scope import Actor, transaction
from tia_hub.tenants.services.uploads.keeping import match_upload, receive_upload
from tia_hub.tenants.types.roles import Role

ROWS = 100_000
BAD_EVERY = 100
HEADER = ("Work email address", "Name", "Job title", "Team", "Role", "Manager")
TEAMS = 100


def _row(number: int) -> list[str]:
    """One of the list: every hundredth row is at fault, in five ways in turn."""
    row = [
        f"p{number}@vale.example",
        f"Person {number}",
        f"Worker {number % 50}",
        f"Team {number % TEAMS}",
        "Manager" if number % 20 == 0 else "Staff",
        f"p{number // 20 * 20}@vale.example" if number % 20 else "",
    ]
    if number % BAD_EVERY == 7:
        place, wrong = (
            (0, "no address"), (1, ""), (3, "No such team"), (4, "Boss"), (5, "nobody@vale.example")
        )[number // BAD_EVERY % 5]  # fmt: skip
        row[place] = wrong
    return row


def _csv() -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows(_row(number) for number in range(ROWS))
    return file.getvalue().encode()


def _xlsx() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Staff")
    sheet.append(HEADER)
    for number in range(ROWS):
        sheet.append(_row(number))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _upload(app: Flask, owner: Engine, content: bytes, name: str) -> UUID:
    """A list that waits to be checked, in an organisation of its own with 100 teams; the job that is to check it."""
    with app.app_context():
        tenant = make_organisation(make_region(owner), "Vale Police")
        lead = make_member(tenant, Role.LEAD)
        for number in range(TEAMS):
            make_team(tenant, f"Team {number}")
        with transaction(tenant.scope(lead)) as scope:
            scope.actor = Actor(person_id=lead.id, name=lead.name)
            upload_id = receive_upload(scope, token=name, file_name=name, content=content)
            scope.session.flush()
            columns = dict(zip(("email", "name", "job_title", "team", "role", "manager"), range(6), strict=True))
            match_upload(scope, upload_id, columns=columns, make_teams=False)
    return upload_id


_MOST = """
import json, re, sys, time
from pathlib import Path
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
"""
_CHECK = f"""{_MOST}
from uuid import UUID
from tia_hub.app import create_app
from tia_hub.core.jobs.runner import run_job
from worker.tasks import load_tasks
app = create_app()
load_tasks()
start = time.perf_counter()
with app.app_context():
    assert run_job(UUID(sys.argv[1]))
print(json.dumps([time.perf_counter() - start, most()]))
"""
_REFUSE = f"""{_MOST}
from tia_hub.core.sheets.reading import open_sheet
from tia_hub.core.sheets.types import Unreadable
before, slowest = most(), 0
for path in sorted(Path(sys.argv[1]).iterdir()):
    content = path.read_bytes()
    start = time.process_time()
    try:
        for row in open_sheet(content, path.name).rows():
            pass
    except Unreadable:
        slowest = max(slowest, time.process_time() - start)
    else:
        raise SystemExit(f"{{path.name}} was taken")
print(json.dumps([slowest, most() - before]))
"""


def _run(script: str, argument: str, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and megabytes that a script in a process of its own tells of."""
    answer = subprocess.run(
        [sys.executable, "-c", script, argument],
        env=dict(os.environ) | environment,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, megabytes = json.loads(answer.stdout.splitlines()[-1])
    return seconds, megabytes


def _hostile() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, make, _) in enumerate(HOSTILE.values()):
            (Path(folder) / f"{number}{Path(name).suffix[:5]}").write_bytes(make())
        seconds, megabytes = _run(_REFUSE, folder, {})
    return [
        Figure(f"{len(HOSTILE)} hostile files: the slowest refused within", seconds, 1, "s"),
        Figure(f"{len(HOSTILE)} hostile files: memory that refusing takes", megabytes, 50, "MB"),
    ]


def measure(app: Flask, services: Services, owner: Engine, superuser: Engine) -> list[Figure]:
    """Seconds and megabytes of refusing hostile files and of a worker that checks the list; how many reasons it gave."""
    figures = _hostile()
    for name, make in (("staff.csv", _csv), ("staff.xlsx", _xlsx)):
        content = make()
        start = time.perf_counter()
        upload_id = _upload(app, owner, content, name)
        print(f"     {name}: {len(content) / 1e6:.1f} MB, received in {time.perf_counter() - start:.1f} s")
        del content
        with superuser.connect() as connection:
            job_id = connection.execute(text("SELECT job_id FROM staff_upload WHERE id = :id"), {"id": upload_id}).scalar_one()
        seconds, megabytes = _run(_CHECK, str(job_id), services.environment)
        with superuser.connect() as connection:
            told, first, counts = connection.execute(
                text(
                    "SELECT count(*), min(number), (SELECT counts FROM staff_upload WHERE id = :id) "
                    "FROM staff_upload_row WHERE upload_id = :id AND verdict = 'faulty'"
                ),
                {"id": upload_id},
            ).one()
        assert first == 9 and counts["new"] == ROWS - told, counts
        figures += [
            Figure(f"{name} of {ROWS:,} rows: checked within", seconds, 60, "s"),
            Figure(f"{name} of {ROWS:,} rows: memory of the worker", megabytes, 300, "MB"),
            Figure(f"{name} of {ROWS:,} rows: reasons missing or too many", abs(told - ROWS // BAD_EVERY), 0),
        ]
    return figures

"""A staff list on its way: received, looked at, matched, checked, chosen or thrown away, and forgotten."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import cast, column, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.forms import LINE, clean_text, show_text
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.sheets.matching import match_columns
from tia_hub.core.sheets.reading import Sheet, open_sheet
from tia_hub.core.sheets.types import Row, Unreadable
from tia_hub.core.trail import record
from tia_hub.tenants.models.uploads import StaffUpload, StaffUploadLeaver, StaffUploadRow
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.queries.uploads import (
    find_upload_of,
    get_content,
    hold_upload,
    list_open_invitations,
    list_present,
)
from tia_hub.tenants.services.uploads.columns import COLUMNS, Entry, TeamNames, full_paths, read_entry
from tia_hub.tenants.services.uploads.comparing import Comparison, Known, Verdict
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.uploads import RowVerdict, UploadCounts, UploadState

AT_ONCE = 128 * 1024
"""Bytes of a file that is checked while its uploader waits; a larger one is checked by a job."""
SAMPLES = 3
"""Rows that are shown beside the columns."""
_BATCH = 1_000
_STEP = 2_000
"""Rows between two words on how far it is."""

_ROW = tuple(
    column(each.name, each.type)
    for each in StaffUploadRow.__table__.c
    if each.name not in ("organisation_id", "upload_id", "outcome", "outcome_words")
)
"""The columns of a row that a check fills in."""

Progress = Callable[[int, int, str], None]


class MovedOn(Refused):
    """Somebody else, or another click, has taken the staff list further already."""


def receive_upload(scope: OrganisationScope, *, token: str, file_name: str, content: bytes) -> UUID:
    """Keep a staff list, once however often its form is sent. Raises Unreadable where it is none."""
    found = find_upload_of(scope, token)
    if found is not None:
        return found
    sheet = open_sheet(content, file_name)
    upload_id = uuid4()
    made = scope.session.execute(
        upsert(StaffUpload)
        .values(
            organisation_id=scope.organisation_id,
            id=upload_id,
            token=token,
            file_name=_safe_name(file_name),
            uploaded_by=scope.actor.person_id,
            uploaded_by_name=scope.actor.name,
            state=UploadState.TEXT if sheet.is_doubtful else UploadState.COLUMNS,
            content=content,
            preview=_preview(sheet),
            columns=match_columns(sheet.header, COLUMNS),
            make_teams=False,
            new_teams=[],
            counts={},
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "token"])
        .returning(StaffUpload.id)
    ).scalar_one_or_none()
    if made is None:
        # The same form's other click was first.
        return find_upload_of(scope, token) or upload_id
    record(scope, "staff_list.uploaded", f"Uploaded the staff list {_safe_name(file_name)}", target_id=upload_id)
    return upload_id


def _safe_name(file_name: str) -> str:
    return show_text(clean_text(file_name.replace("\n", " ")))[-LINE:] or "staff list"


def _preview(sheet: Sheet) -> dict[str, Any]:
    """What pages show of a file, so that they need not open it again."""
    return {
        "header": list(sheet.header),
        "samples": [list(row.cells) for row in islice(sheet.rows(), SAMPLES)],
        "doubtful": [[row.number, *row.cells] for row in sheet.doubtful_rows()] if sheet.is_doubtful else [],
        "sheet": sheet.title,
        "others": list(sheet.others),
    }


def _held(scope: OrganisationScope, upload_id: UUID, *states: UploadState) -> StaffUpload:
    upload = hold_upload(scope, upload_id)
    if upload.state not in states:
        raise MovedOn("This staff list has moved on meanwhile. Go back to it to see how far it is.")
    return upload


def confirm_text(scope: OrganisationScope, upload_id: UUID, *, is_right: bool) -> None:
    """Go on with a list whose letters are right, or throw it away. Raises NotFound, MovedOn."""
    upload = _held(scope, upload_id, UploadState.TEXT)
    if is_right:
        upload.state = UploadState.COLUMNS
    else:
        _discard(scope, upload)


def match_upload(scope: OrganisationScope, upload_id: UUID, *, columns: Mapping[str, int], make_teams: bool) -> None:
    """Say which column is which, and have the list checked: at once, or by a job. Raises NotFound, MovedOn."""
    upload = _held(scope, upload_id, UploadState.COLUMNS, UploadState.CHECKED)
    upload.columns, upload.make_teams = dict(columns), make_teams
    upload.state, upload.counts, upload.new_teams = UploadState.CHECKING, {}, []
    content = get_content(scope, upload_id) or b""
    if len(content) <= AT_ONCE:
        check_upload(scope, upload_id, lambda done, total, words: None)
        return
    upload.job_id = enqueue(scope, JobName.CHECK_STAFF_LIST, key=f"check:{upload_id}", payload={"upload_id": str(upload_id)})


def check_upload(scope: OrganisationScope, upload_id: UUID, progress: Progress) -> None:
    """Compare a list with who is here, and keep each row that asks for something or is at fault."""
    upload = hold_upload(scope, upload_id)
    content = get_content(scope, upload_id)
    if upload.state != UploadState.CHECKING or content is None:
        return
    _clear_rows(scope, upload_id)
    try:
        with scope.session.begin_nested():
            upload.counts = asdict(_Check(scope, upload, open_sheet(content, upload.file_name), progress).run())
        upload.state = UploadState.CHECKED
    except Unreadable as fault:
        upload.state, upload.problem, upload.content = UploadState.FAILED, str(fault), None


class _Check:
    """One check of a list."""

    def __init__(self, scope: OrganisationScope, upload: StaffUpload, sheet: Sheet, progress: Progress) -> None:
        self._scope, self._upload, self._sheet, self._progress = scope, upload, sheet, progress
        paths = full_paths(list_teams(scope))
        self._teams = TeamNames(paths, may_make=upload.make_teams)
        present = {
            email: Known(
                membership_id=membership_id,
                name=name,
                role=Role(role),
                job_title=job_title,
                team_id=team_id,
                manager=manager,
                awaited=awaited,
            )
            for membership_id, email, name, role, job_title, team_id, manager, awaited, _ in list_present(scope)
        }
        invited = {email: Role(role) for email, _, role, *_ in list_open_invitations(scope)}
        self._comparison = Comparison(present, invited, paths)
        self._total = 0

    def run(self) -> UploadCounts:
        for _, entry in self._entries("Reading the rows"):
            self._comparison.look(entry)
            self._total += 1
        self._comparison.settle()
        counts = dict.fromkeys(asdict(UploadCounts()), 0)
        batch: list[dict[str, Any]] = []
        for row, entry in self._entries("Comparing the rows with who is here"):
            verdict = self._comparison.judge(entry)
            counts[self._counted(entry, verdict)] += 1
            if verdict.kind is not None:
                batch.append(self._kept(row, entry, verdict))
            if len(batch) == _BATCH:
                self._keep_rows(batch)
                batch = []
        self._keep_rows(batch)
        counts["leavers"] = self._keep_leavers()
        self._upload.new_teams = sorted(self._teams.new)
        return UploadCounts(**counts)

    def _entries(self, words: str) -> Iterator[tuple[Row, Entry]]:
        for done, row in enumerate(self._sheet.rows()):
            if done % _STEP == 0:
                self._progress(done, max(self._total, done), words)
            yield row, read_entry(row, self._upload.columns, self._teams)

    @staticmethod
    def _counted(entry: Entry, verdict: Verdict) -> str:
        if entry.is_example:
            return "examples"
        if verdict.waiting:
            return "waiting"
        return verdict.kind or "unchanged"

    def _kept(self, row: Row, entry: Entry, verdict: Verdict) -> dict[str, Any]:
        return {
            "number": entry.number,
            "verdict": verdict.kind,
            "step": verdict.step,
            "email": entry.email[:LINE],
            "name": verdict.name or entry.name[:LINE],
            "membership_id": str(verdict.membership_id) if verdict.membership_id else None,
            "entry": {"cells": row.cells} if verdict.kind is RowVerdict.FAULTY else dict(verdict.entry),
            "words": list(verdict.words),
        }

    def _keep_rows(self, batch: list[dict[str, Any]]) -> None:
        """Write rows, sent as one text: a parameter for each of their cells takes three times as long."""
        rows = func.jsonb_to_recordset(cast(batch, JSONB)).table_valued(*_ROW, name="r").render_derived(with_types=True)
        mine = select(literal(self._scope.organisation_id), literal(self._upload.id), *rows.c)
        names = ["organisation_id", "upload_id", *(each.name for each in _ROW)]
        self._scope.session.execute(insert(StaffUploadRow).from_select(names, mine))

    def _keep_leavers(self) -> int:
        rows = [
            {
                "organisation_id": self._scope.organisation_id,
                "upload_id": self._upload.id,
                "membership_id": membership_id,
                "marked": marked,
            }
            for membership_id, marked in self._comparison.leavers()
        ]
        for start in range(0, len(rows), _BATCH):
            self._scope.session.execute(insert(StaffUploadLeaver), rows[start : start + _BATCH])
        return len(rows)


def decide_upload(scope: OrganisationScope, upload_id: UUID, *, import_good: bool) -> None:
    """Have the good rows of a checked list imported, or throw it away. Raises NotFound, MovedOn."""
    upload = _held(scope, upload_id, UploadState.CHECKED)
    if not import_good:
        _discard(scope, upload)
        return
    upload.state = UploadState.IMPORTING
    upload.decided_by, upload.decided_by_name = scope.actor.person_id, scope.actor.name
    upload.job_id = enqueue(scope, JobName.IMPORT_STAFF_LIST, key=f"import:{upload_id}", payload={"upload_id": str(upload_id)})
    record(scope, "staff_list.chosen", f"Chose to import the staff list {upload.file_name}", target_id=upload_id)


def discard_upload(scope: OrganisationScope, upload_id: UUID) -> None:
    """Throw a list away that waits for somebody. Raises NotFound, MovedOn."""
    _discard(scope, _held(scope, upload_id, UploadState.TEXT, UploadState.COLUMNS, UploadState.CHECKED))


def _discard(scope: OrganisationScope, upload: StaffUpload) -> None:
    upload.state, upload.finished_at = UploadState.DISCARDED, now()
    _forget_content(scope, upload)
    record(scope, "staff_list.discarded", f"Discarded the staff list {upload.file_name}", target_id=upload.id)


def forget_upload(scope: OrganisationScope, upload_id: UUID) -> None:
    """Delete what is in a list; that it was there, and what came of it in numbers, stays on record."""
    upload = hold_upload(scope, upload_id)
    if upload.state not in (UploadState.DONE, UploadState.DISCARDED, UploadState.FAILED):
        upload.state, upload.finished_at = UploadState.DISCARDED, now()
    _forget_content(scope, upload)


def _forget_content(scope: OrganisationScope, upload: StaffUpload) -> None:
    upload.content, upload.preview = None, {}
    _clear_rows(scope, upload.id)


def _clear_rows(scope: OrganisationScope, upload_id: UUID) -> None:
    for table in (StaffUploadRow, StaffUploadLeaver):
        scope.session.execute(delete(table).where(table.organisation_id == scope.organisation_id, table.upload_id == upload_id))

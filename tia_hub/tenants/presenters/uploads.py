"""A staff list as its pages show it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobState
from tia_hub.core.sheets.types import letter
from tia_hub.tenants.models.uploads import StaffUpload, StaffUploadRow
from tia_hub.tenants.queries.uploads import Leaver
from tia_hub.tenants.types.uploads import RowVerdict, UploadState

UPLOAD_COLOURS = {
    "text": "amber",
    "columns": "amber",
    "checking": "teal",
    "checked": "amber",
    "importing": "teal",
    "done": "green",
    "discarded": "grey",
    "failed": "red",
}
"""The colour of a staff list's state, beside its words."""


@dataclass(frozen=True, kw_only=True)
class UploadPage:
    """A staff list as its page shows it."""

    id: UUID
    file_name: str
    uploaded_by: UUID
    uploaded_by_name: str
    uploaded_at: datetime
    decided_by_name: str | None
    finished_at: datetime | None
    state: UploadState
    counts: dict[str, int]
    new_teams: list[str]
    problem: str | None
    done: int
    total: int
    words: str
    """How far the job is, in words."""

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.state in (UploadState.CHECKING, UploadState.IMPORTING)

    @property
    def has_leavers(self) -> bool:
        """Whether it was compared with who is here."""
        return self.state in (UploadState.CHECKED, UploadState.DONE) and bool(self.counts.get("leavers"))

    @property
    def good(self) -> int:
        """The rows that can be imported."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)

    @property
    def facts(self) -> list[tuple[str, int]]:
        """What is in it, in numbers: what and how many."""
        words = {
            "new": "New people, who will be invited",
            "changed": "People whose entry changes",
            "unchanged": "People who stay as they are",
            "waiting": "Invited before and not joined yet: their invitations stay as they are",
            "faulty": "Rows with something to correct",
            "examples": "Example rows of the template, left out",
        }
        return [(said, self.counts.get(key, 0)) for key, said in words.items() if key != "examples" or self.counts.get(key)]

    @property
    def tabs(self) -> list[tuple[RowVerdict, str, int]]:
        """The kinds of row that can be looked at, those that there are."""
        words = {
            RowVerdict.FAULTY: "To correct",
            RowVerdict.NEW: "New",
            RowVerdict.CHANGED: "Changes",
        }
        return [(kind, said, self.counts.get(kind, 0)) for kind, said in words.items() if self.counts.get(kind)]

    def chosen(self, wanted: str) -> RowVerdict | None:
        """The kind of row that is looked at: the wanted one, else the first that there is."""
        kinds = [kind for kind, _, _ in self.tabs]
        return next((kind for kind in kinds if kind == wanted), kinds[0] if kinds else None)


def upload_page(upload: StaffUpload, job: Job | None) -> UploadPage:
    """A staff list with the job that works on it. One that was parked as failed has failed."""
    state = UploadState(upload.state)
    problem = upload.problem
    if job and job.state == JobState.FAILED and state in (UploadState.CHECKING, UploadState.IMPORTING):
        state, problem = UploadState.FAILED, "Something went wrong on our side. Upload the file again: nothing is done twice."
    return UploadPage(
        id=upload.id,
        file_name=upload.file_name,
        uploaded_by=upload.uploaded_by,
        uploaded_by_name=upload.uploaded_by_name,
        uploaded_at=upload.created_at,
        decided_by_name=upload.decided_by_name,
        finished_at=upload.finished_at,
        state=state,
        counts=upload.counts,
        new_teams=upload.new_teams,
        problem=problem,
        done=job.progress_done if job else 0,
        total=job.progress_total if job else 0,
        words=job.progress_words if job and job.progress_words else "It waits for its turn",
    )


def column_lines(upload: StaffUpload, without_meaning: Sequence[str]) -> list[list[str]]:
    """The file's columns with what stands in their first rows; for a column of the product's own, that it is not read."""
    samples = upload.preview.get("samples", ())
    return [
        [
            f"{letter(place)}: {heading or '(no heading)'}",
            "Not read" if heading in without_meaning else ", ".join(row[place] for row in samples if row[place]) or "Empty",
        ]
        for place, heading in enumerate(upload.preview.get("header", ()))
    ]


def corrected_rows(upload: StaffUpload, rows: Iterable[StaffUploadRow]) -> tuple[list[str], Iterator[list[str]]]:
    """Headings and rows of a file in which somebody corrects what is at fault: the file's own cells, and what to do."""
    header = list(upload.preview.get("header", ()))
    cells = ([*row.entry["cells"], f"Row {row.number}: {' '.join(row.words)}"] for row in rows)
    return [*header, "What to correct"], cells


def leaver_hints(leavers: Iterable[Leaver]) -> dict[str, str]:
    """What is to be known of each of those who may have left, by the identifier of the membership."""
    hints = {}
    for leaver in leavers:
        words = ["The list says that they leave"] if leaver.marked else []
        if leaver.reports:
            words.append(f"Manages {leaver.reports} {'person' if leaver.reports == 1 else 'people'}")
        if words:
            hints[str(leaver.member.id)] = ". ".join(words)
    return hints

"""Names, queues and states of jobs."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Queue(StrEnum):
    """Celery's queues: a letter never waits behind a PDF."""

    DEFAULT = "default"
    MAIL = "mail"
    REPORTS = "reports"
    IMPORTS = "imports"


class JobName(StrEnum):
    """Every kind of job there is."""

    PUBLISH_FIGURES = "publish_figures"
    COMPILE_REPORT = "compile_report"
    SEND_SCHEDULED_REPORT = "send_scheduled_report"
    SEND_INVITATIONS = "send_invitations"
    EXPORT_ORGANISATION = "export_organisation"
    FORGET_EXPORT = "forget_export"
    DELETE_ORGANISATION = "delete_organisation"
    REMIND_OF_DELETION = "remind_of_deletion"
    CHECK_STAFF_LIST = "check_staff_list"
    IMPORT_STAFF_LIST = "import_staff_list"
    COPY_PERSONAL_DATA = "copy_personal_data"
    ERASE_PERSON = "erase_person"
    TELL_OF_ERASURE = "tell_of_erasure"
    APPLY_RETENTION = "apply_retention"
    APPLY_RETENTION_HERE = "apply_retention_here"

    @property
    def queue(self) -> Queue:
        """Where it runs."""
        match self:
            case JobName.COMPILE_REPORT | JobName.SEND_SCHEDULED_REPORT | JobName.COPY_PERSONAL_DATA:
                return Queue.REPORTS
            case JobName.CHECK_STAFF_LIST | JobName.IMPORT_STAFF_LIST:
                return Queue.IMPORTS
            case _:
                return Queue.DEFAULT

    @property
    def goes_on_at_rest(self) -> bool:
        """Whether it runs while its place is suspended, archived or waiting to be deleted: what takes data away from it."""
        return self in (
            JobName.REMIND_OF_DELETION,
            JobName.EXPORT_ORGANISATION,
            JobName.FORGET_EXPORT,
            JobName.APPLY_RETENTION_HERE,
        )


class JobState(StrEnum):
    """What became of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Claim:
    """The right to run a job until its lease ends; `token` is the fence that a finish has to show."""

    job_id: UUID
    name: JobName
    token: UUID
    home_kind: str
    home_id: UUID
    partnership_id: UUID
    payload: dict[str, object]
    tries: int


class LeaseLost(RuntimeError):
    """Another worker holds the job now, or it was cancelled: nothing of this run may be kept."""


class RunLater(Exception):
    """Raised by a task that has to wait for something: it is queued again and the try does not count."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:g} s")
        self.seconds = seconds


class PlaceAtRest(RunLater):
    """The job's place is suspended, archived or waiting to be deleted: the job stops at this step, and waits."""

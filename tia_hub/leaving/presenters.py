"""What the pages of exports and certificates say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app

from tia_hub.core.clock import format_date, format_time, now
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobState
from tia_hub.leaving.models import DeletionCertificate, OrganisationExport
from tia_hub.leaving.services.deleting import row_words
from tia_hub.leaving.tables import table_words
from tia_hub.leaving.types import ExportState

STILL_BUSY = (JobState.QUEUED, JobState.RUNNING)


def size_words(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,} kB"
    return f"{size / 1024 / 1024:,.1f} MB"


@dataclass(frozen=True)
class ExportPage:
    """One export."""

    id: UUID
    asked: str
    busy: bool
    failed: bool
    ready: bool
    done: int
    total: int
    words: str
    size: str
    until: str
    sha256: str
    manifest_sha256: str
    rows: list[list[str]]
    file_name: str


def export_page(export: OrganisationExport, job: Job | None, slug: str) -> ExportPage:
    """An export, how far it is, and what is in it."""
    waiting = export.state == ExportState.WAITING
    busy = waiting and job is not None and job.state in STILL_BUSY
    ready = export.state == ExportState.READY and export.expires_at is not None and export.expires_at > now()
    return ExportPage(
        id=export.id,
        asked=f"{export.requested_by_name}, {format_time(export.created_at)}",
        busy=busy,
        failed=waiting and not busy,
        ready=ready,
        done=job.progress_done if job else 0,
        total=job.progress_total if job else 0,
        words=(job.progress_words if job else "") or "Waiting for its turn",
        size=size_words(export.size),
        until=format_date(export.expires_at) if export.expires_at else "",
        sha256=export.sha256,
        manifest_sha256=export.manifest_sha256,
        rows=[[table_words(name), f"{rows:,}"] for name, rows in export.contents if rows],
        file_name=f"{slug}-{export.created_at:%Y-%m-%d}.zip",
    )


def export_lines(exports: Sequence[OrganisationExport]) -> list[tuple[UUID, str, str]]:
    """Earlier exports: which, who asked when, and what became of it."""
    words = {
        ExportState.WAITING: "Being put together",
        ExportState.READY: "Can be downloaded",
        ExportState.GONE: "No longer kept",
    }
    return [
        (
            export.id,
            f"{format_date(export.created_at)}, {export.requested_by_name}",
            words[
                ExportState.GONE
                if export.state == ExportState.READY and export.expires_at and export.expires_at <= now()
                else ExportState(export.state)
            ],
        )
        for export in exports
    ]


def certificate_lines(certificates: Sequence[DeletionCertificate]) -> list[tuple[UUID, str, str]]:
    """Certificates: which, of whom, and when."""
    return [(each.id, each.organisation_name, format_date(each.deleted_at)) for each in certificates]


def render_certificate(content: dict[str, Any], sha256: str) -> str:
    """A certificate as the HTML that its PDF is made of."""
    return current_app.jinja_env.get_template("pdf/certificate.html").render(
        content=content,
        sha256=sha256,
        rows=row_words(content),
        deleted_on=format_date(datetime.fromisoformat(content["deleted_at"])),
        waited_until=format_date(date.fromisoformat(content["waited_until"])),
    )


@dataclass(frozen=True)
class CertificatePage:
    """One certificate."""

    id: UUID
    name: str
    facts: list[dict[str, str]]
    rows: list[list[str]]
    stays: list[str]
    has_pdf: bool


def certificate_page(certificate: DeletionCertificate) -> CertificatePage:
    """A certificate, as its page says it."""
    content = certificate.content
    return CertificatePage(
        id=certificate.id,
        name=certificate.organisation_name,
        facts=[
            {"key": "Deleted on", "value": format_date(certificate.deleted_at)},
            {"key": "Asked for by", "value": certificate.asked_by},
            {"key": "Waited until", "value": format_date(date.fromisoformat(content["waited_until"]))},
            {"key": "People who had a place in it", "value": f"{content['people']:,}"},
            {"key": "SHA-256", "value": certificate.sha256},
        ],
        rows=[list(row) for row in row_words(content)],
        stays=content["stays"],
        has_pdf=certificate.pdf is not None,
    )

"""Jobs of the room `leaving`."""

import hashlib
import logging
import tempfile
from uuid import UUID

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.pdf import PdfUnavailable, render_pdf
from tia_hub.core.scope import OrganisationScope, PartnershipScope, transaction
from tia_hub.leaving.presenters import render_certificate
from tia_hub.leaving.queries import find_certificate, get_export
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.services.deleting import delete_organisation, keep_paper
from tia_hub.leaving.services.exporting.keeping import forget_export, keep_export
from tia_hub.leaving.services.exporting.writing import write_export
from tia_hub.leaving.services.keys import own_key
from tia_hub.leaving.services.people import let_go
from tia_hub.leaving.types import PART_SIZE, ExportState

log = logging.getLogger(__name__)


@job(JobName.EXPORT_ORGANISATION)
def export_organisation(run: Run[OrganisationScope]) -> None:
    """Write an export to a file of the worker's own, and store it whole: a worker that dies leaves nothing."""
    export_id = UUID(str(run.payload["export_id"]))
    with run.open() as scope:
        if get_export(scope, export_id).state != ExportState.WAITING:
            return
        leaving = LeavingScope.of(scope)
    with tempfile.TemporaryFile() as target:
        with transaction(leaving, read_only=True):
            made = write_export(leaving, target, recipient=own_key().public, progress=run.progress)
        size = target.seek(0, 2)
        target.seek(0)
        digest = hashlib.sha256()
        while block := target.read(PART_SIZE):
            digest.update(block)
        with run.finish() as scope:
            keep_export(scope, export_id, made=made, source=target, sha256=digest.hexdigest(), size=size)


@job(JobName.FORGET_EXPORT)
def forget(run: Run[OrganisationScope]) -> None:
    """Remove an export whose seven days are over."""
    with run.finish() as scope:
        forget_export(scope, UUID(str(run.payload["export_id"])))


@job(JobName.DELETE_ORGANISATION)
def delete(run: Run[PartnershipScope]) -> None:
    """Delete an organisation whose day has come; then draw its certificate. Killed in between, it goes on from there."""
    organisation_id = UUID(str(run.payload["organisation_id"]))
    delete_organisation(organisation_id=organisation_id, partnership_id=run.claim.partnership_id)
    with run.open() as scope:
        certificate = find_certificate(scope, organisation_id)
    if certificate is None:
        return
    accounts = let_go(scope, organisation_id)
    pdf = None
    try:
        pdf = render_pdf(render_certificate(certificate.content, certificate.sha256))
    except PdfUnavailable as error:
        log.warning("certificate %s has no PDF: %s", certificate.id, error)
    with run.finish() as scope:
        keep_paper(scope, organisation_id, pdf, accounts=accounts)

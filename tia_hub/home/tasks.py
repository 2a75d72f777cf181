"""Jobs of this room: copies of personal data, erasures, and what is kept no longer."""

from datetime import datetime

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName, RunLater
from tia_hub.core.pdf import PdfUnavailable, render_pdf
from tia_hub.core.scope import Home, InstallationScope, PersonScope
from tia_hub.home.presenters.personal import render_paper, to_json
from tia_hub.home.services.copying import find_everywhere, gather, keep_copy
from tia_hub.home.services.erasing import AGAIN, erase_in_places, find_due, finish_erasure, list_blockers, tell_places
from tia_hub.home.services.retention import apply_here, apply_rules


@job(JobName.COPY_PERSONAL_DATA)
def copy_personal_data(run: Run[PersonScope]) -> None:
    """Gather all that is held on somebody, and keep it for them for a week."""
    with run.open() as scope:
        person_id = scope.person_id
    gathered = gather(person_id)
    run.progress(1, 2, "Writing the files")
    pdf, missing = None, None
    try:
        pdf = render_pdf(render_paper(gathered))
    except PdfUnavailable as error:
        missing = str(error)
    with run.finish() as scope:
        keep_copy(scope, data=to_json(gathered), pdf=pdf, pdf_missing=missing)


@job(JobName.TELL_OF_ERASURE)
def tell_of_erasure(run: Run[PersonScope]) -> None:
    """Tell those who lead somebody's organisations."""
    with run.open() as scope:
        person_id = scope.person_id
    due_at = run.payload.get("due_at")
    tell_places(person_id, datetime.fromisoformat(str(due_at)) if due_at else None)


@job(JobName.ERASE_PERSON)
def erase_person(run: Run[PersonScope]) -> None:
    """Erase somebody who asked for it a week ago: place by place, then the account itself."""
    with run.open() as scope:
        person_id = find_due(scope)
    if person_id is None:
        return
    everywhere = find_everywhere(person_id)
    if list_blockers(everywhere):
        # They became the last one meanwhile: somebody has to take over first.
        raise RunLater(AGAIN)
    subject = erase_in_places(everywhere)
    with run.finish() as scope:
        finish_erasure(scope, subject)


@job(JobName.APPLY_RETENTION)
def apply_retention(run: Run[InstallationScope]) -> None:
    """Remove what the installation keeps no longer, and have every place do so."""
    with run.finish() as scope:
        apply_here(scope)


@job(JobName.APPLY_RETENTION_HERE)
def apply_retention_here(run: Run[Home]) -> None:
    """Remove what a place keeps no longer."""
    with run.finish() as scope:
        apply_rules(scope)

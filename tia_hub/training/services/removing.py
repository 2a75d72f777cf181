"""Removing all that somebody wrote and agreed: because they asked to be erased, or left long ago."""

from sqlalchemy import delete, select

from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.training.models import AgreedForm, SelfAssessment, TrainingFigure
from tia_hub.training.types import FormState


def remove_own_forms(scope: OrganisationScope, *, keep_counts: bool) -> None:
    """Remove the acting member's self-assessment and what was agreed of it, with every text; safe to repeat.

    With `keep_counts` what was agreed stays in the organisation's figures, which name nobody; what was only shared never does.
    """
    figures = list(
        scope.session.scalars(
            select(SelfAssessment.figure_id).where(
                SelfAssessment.organisation_id == scope.organisation_id,
                SelfAssessment.membership_id == scope.membership_id,
                SelfAssessment.figure_id.is_not(None),
            )
        )
    )
    for model in (SelfAssessment, AgreedForm):
        scope.session.execute(
            delete(model).where(model.organisation_id == scope.organisation_id, model.membership_id == scope.membership_id)
        )
    gone = delete(TrainingFigure).where(TrainingFigure.organisation_id == scope.organisation_id, TrainingFigure.id.in_(figures))
    if keep_counts:
        gone = gone.where(TrainingFigure.state == FormState.SHARED)
    scope.session.execute(gone)
    if figures:
        enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")

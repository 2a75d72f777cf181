"""Reads of self-assessments, agreed forms and figures.

Whoever reads a form is its worker, or the manager it is shared with: each query says so itself, besides row-level security.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from tia_hub.core.errors import NotFound
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.types import PracticeLevel
from tia_hub.training.models import AgreedForm, Answer, SelfAssessment, TrainingFigure
from tia_hub.training.types import AnswerOwner, FormState, Waiting


def _readable(scope: OrganisationScope) -> ColumnElement[bool]:
    own = SelfAssessment.membership_id == scope.membership_id
    if not scope.may(Permission.ASSESSMENT_MANAGE):
        return own
    shared = and_(
        SelfAssessment.manager_id == scope.membership_id,
        SelfAssessment.state != FormState.DRAFT,
        SelfAssessment.closed_to_manager_at.is_(None),
    )
    return or_(own, shared)


def _forms(scope: OrganisationScope) -> Select[SelfAssessment]:
    return select(SelfAssessment).where(SelfAssessment.organisation_id == scope.organisation_id, _readable(scope))


def find_own_form(scope: OrganisationScope) -> SelfAssessment | None:
    """The acting member's own self-assessment."""
    return scope.session.scalar(_forms(scope).where(SelfAssessment.membership_id == scope.membership_id))


def get_form(scope: OrganisationScope, form_id: UUID, *, lock: bool = False) -> SelfAssessment:
    """A form that the acting member may read; with `lock` nobody else changes it meanwhile. Raises NotFound."""
    query = _forms(scope).where(SelfAssessment.id == form_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    form = scope.session.scalar(query)
    if form is None:
        raise NotFound
    return form


def get_own_form(scope: OrganisationScope, form_id: UUID, *, lock: bool = False) -> SelfAssessment:
    """A form that is the acting member's own. Raises NotFound for anybody else's, shared or not."""
    form = get_form(scope, form_id, lock=lock)
    if form.membership_id != scope.membership_id:
        raise NotFound
    return form


def list_answers(scope: OrganisationScope, form: SelfAssessment) -> dict[str, Answer]:
    """The answers of a readable form by code. A manager's words on a difference are open to the worker and that manager."""
    query = select(Answer).where(Answer.organisation_id == scope.organisation_id, Answer.form_id == form.id)
    if form.membership_id != scope.membership_id:
        query = query.where(or_(Answer.owner != AnswerOwner.MANAGER, Answer.author_id == scope.membership_id))
    answers = scope.session.scalars(query.order_by(Answer.code).execution_options(populate_existing=True))
    return {answer.code: answer for answer in answers}


def list_shared_forms(scope: OrganisationScope) -> list[SelfAssessment]:
    """The forms that others share with the acting member, newest first."""
    query = (
        _forms(scope)
        .where(SelfAssessment.manager_id == scope.membership_id)
        .order_by(SelfAssessment.shared_at.desc(), SelfAssessment.id)
    )
    return list(scope.session.scalars(query))


def list_waiting(scope: OrganisationScope) -> list[Waiting]:
    """The shared forms whose plans the acting member has not confirmed yet, as worker or as manager; oldest first."""
    query = _forms(scope).where(SelfAssessment.state == FormState.SHARED).order_by(SelfAssessment.shared_at, SelfAssessment.id)
    waiting = []
    for form in scope.session.scalars(query):
        mine = form.membership_id == scope.membership_id
        both = (form.worker_confirmed_at, form.manager_confirmed_at)
        own, other = both if mine else reversed(both)
        if own is None:
            waiting.append(Waiting(form.id, mine, other is not None))
    return waiting


def list_readable_forms(scope: OrganisationScope) -> list[SelfAssessment]:
    """The acting member's own form, if there is one, and those that others share with them, newest first."""
    return list(scope.session.scalars(_forms(scope).order_by(SelfAssessment.shared_at.desc().nulls_first(), SelfAssessment.id)))


def _agreed(scope: OrganisationScope) -> Select[AgreedForm]:
    readable = AgreedForm.membership_id == scope.membership_id
    if scope.may(Permission.ASSESSMENT_MANAGE):
        readable = or_(readable, and_(AgreedForm.manager_id == scope.membership_id, AgreedForm.closed_to_manager_at.is_(None)))
    return (
        select(AgreedForm)
        .where(AgreedForm.organisation_id == scope.organisation_id, readable)
        .order_by(AgreedForm.agreed_at.desc(), AgreedForm.id)
    )


def list_agreed_forms(scope: OrganisationScope) -> list[AgreedForm]:
    """What the acting member agreed with others, as worker or as who still manages them, newest first."""
    return list(scope.session.scalars(_agreed(scope)))


def get_agreed_form(scope: OrganisationScope, agreed_id: UUID) -> AgreedForm:
    """One form as it was agreed, for its worker and, while they manage them, for the manager. Raises NotFound."""
    agreed = scope.session.scalar(_agreed(scope).where(AgreedForm.id == agreed_id))
    if agreed is None:
        raise NotFound
    return agreed


def count_forms_by_state(scope: OrganisationScope) -> dict[FormState, int]:
    """How many forms are shared and not yet agreed, and how many have been agreed. Drafts are counted nowhere."""
    rows = scope.session.execute(
        select(TrainingFigure.state, func.count())
        .where(TrainingFigure.organisation_id == scope.organisation_id)
        .group_by(TrainingFigure.state)
    )
    counts = {FormState.SHARED: 0, FormState.AGREED: 0}
    return counts | {FormState(state): count for state, count in rows}


def count_needed_levels(scope: OrganisationScope) -> dict[PracticeLevel, int]:
    """People by the level that their latest agreed form says; levels that nobody needs are 0. Exact counts."""
    rows = scope.session.execute(
        select(TrainingFigure.level, func.count())
        .where(TrainingFigure.organisation_id == scope.organisation_id, TrainingFigure.state == FormState.AGREED)
        .group_by(TrainingFigure.level)
    )
    counts = dict.fromkeys(PracticeLevel, 0)
    return counts | {PracticeLevel(level): count for level, count in rows}


def count_development_areas(scope: OrganisationScope) -> dict[str, int]:
    """People by statement that their latest agreed form says is to be developed, by code. Exact counts."""
    area = func.unnest(TrainingFigure.areas).label("area")
    rows = scope.session.execute(
        select(area, func.count())
        .where(TrainingFigure.organisation_id == scope.organisation_id, TrainingFigure.state == FormState.AGREED)
        .group_by(area)
        .order_by(area)
    )
    return {row[0]: row[1] for row in rows}

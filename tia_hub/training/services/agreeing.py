"""What a worker and their manager do together: share, write the two plans, confirm, open again.

Every change locks the form first, so that two people at once follow each other. Nothing of it is on the organisation's trail:
its leads read the trail, and of forms they see counts alone. The mails between the two say that something happened, never what.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.services import link
from tia_hub.core.notices.services import notify
from tia_hub.core.notices.types import Topic
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition
from tia_hub.tenants.queries.people import hold_members, list_named_members
from tia_hub.tenants.types.roles import Role
from tia_hub.training.models import AgreedForm, Answer, SelfAssessment, TrainingFigure
from tia_hub.training.queries import get_form, get_own_form, list_answers
from tia_hub.training.scoring import codes_with, statements_for_worker
from tia_hub.training.services.answers import acting_member, names_of, own_view_code, refuse_agreed, view_code, write_answers
from tia_hub.training.types import AnswerOwner, FormState, Mark, Typed

MANAGING_ROLES = frozenset(role for role in Role if Permission.ASSESSMENT_MANAGE in role.permissions)


class TooEarly(Refused):
    """Plans can't be confirmed before there is something to agree."""


def share_form(scope: OrganisationScope, *, form_id: UUID, manager_id: UUID) -> None:
    """Share a draft with one manager or lead of the organisation. Raises Refused for anybody else."""
    # Nobody's manager changes meanwhile: that would take the form back (docs/adr/0023) a moment before it is shared.
    both = {member.id: member for member in hold_members(scope, {acting_member(scope), manager_id})}
    form = get_own_form(scope, form_id, lock=True)
    if form.state != FormState.DRAFT:
        raise Refused("This is shared already. To share it with somebody else, withdraw it first.")
    manager = both.get(manager_id)
    if manager is None or manager.ended_at or manager.role not in MANAGING_ROLES or manager_id == form.membership_id:
        raise Refused("Only a manager or lead of your organisation can be chosen.")
    form.state, form.manager_id, form.shared_at = FormState.SHARED, manager_id, now()
    form.closed_to_manager_at = None
    if form.figure_id is None:
        figure = TrainingFigure(organisation_id=scope.organisation_id, id=uuid4(), state=FormState.SHARED)
        scope.session.add(figure)
        scope.session.flush()
        form.figure_id = figure.id
    address = link("training.team", organisation=scope.slug)
    notify(
        scope,
        topic=Topic.CONVERSATIONS,
        recipient_id=manager.person_id,
        to=manager.person.email,
        permission=Permission.ASSESSMENT_MANAGE,
        subject="A self-assessment was shared with you",
        address=address,
        template="training_shared",
        context={"address": address, "organisation": scope.name},
    )
    _publish(scope)


def withdraw_form(scope: OrganisationScope, *, form_id: UUID) -> None:
    """Take a shared form back: it is the worker's alone again. Raises Refused once it is agreed."""
    form = get_own_form(scope, form_id, lock=True)
    refuse_agreed(form)
    if form.state != FormState.SHARED:
        raise Refused("This is not shared with anybody.")
    form.state, form.manager_id, form.shared_at = FormState.DRAFT, None, None
    form.worker_confirmed_at = form.manager_confirmed_at = None
    figure = _figure(scope, form)
    if figure.state == FormState.SHARED:
        form.figure_id = None
        scope.session.flush()
        scope.session.delete(figure)
    _publish(scope)


def save_plans(scope: OrganisationScope, *, form_id: UUID, plans: Mapping[str, Typed], view: Typed) -> dict[str, Answer]:
    """Save the two plans, which both write, and the acting member's own words on what they see differently.

    A changed plan is confirmed by nobody. Raises Clashes where the other wrote meanwhile, and Refused once the form is agreed.
    """
    form = get_form(scope, form_id, lock=True)
    refuse_agreed(form)
    return _save_plans(scope, form, plans, view)


def confirm_plans(scope: OrganisationScope, *, form_id: UUID, plans: Mapping[str, Typed], view: Typed) -> FormState:
    """Save the plans and confirm them as they then stand; once both have, the form is agreed and a copy is kept as it was.

    Returns the form's state. Raises Clashes, and TooEarly where there is nothing to agree yet.
    """
    form = get_form(scope, form_id, lock=True)
    refuse_agreed(form)
    answers = _save_plans(scope, form, plans, view)
    if form.level is None:
        raise TooEarly("There is no practice level in this form yet. The person it is about can choose one under “Your role”.")
    if not all(code in answers and answers[code].text for code in plans):
        raise TooEarly("Write something in both plans before you confirm them. “Nothing for now” is enough.")
    mine = form.membership_id == scope.membership_id
    if (form.worker_confirmed_at if mine else form.manager_confirmed_at) is not None:
        return FormState(form.state)
    if mine:
        form.worker_confirmed_at = now()
    else:
        form.manager_confirmed_at = now()
    if form.worker_confirmed_at and form.manager_confirmed_at:
        _agree(scope, form, answers, at=max(form.worker_confirmed_at, form.manager_confirmed_at))
    else:
        _tell_the_other(scope, form)
    return FormState(form.state)


def reopen_form(scope: OrganisationScope, *, form_id: UUID) -> FormState:
    """Open an agreed form again, by either of the two: both confirmations go, the agreed copy stays. Raises Refused.

    Returns its state: where its manager is no longer the worker's, it is the worker's alone.
    """
    form = get_form(scope, form_id, lock=True)
    if form.state != FormState.AGREED:
        raise Refused("Only an agreed form can be opened again.")
    form.state, form.reopened_at, form.agreed_at = FormState.SHARED, now(), None
    form.worker_confirmed_at = form.manager_confirmed_at = None
    if form.closed_to_manager_at is not None:
        form.state, form.manager_id, form.shared_at = FormState.DRAFT, None, None
    return FormState(form.state)


def _save_plans(scope: OrganisationScope, form: SelfAssessment, plans: Mapping[str, Typed], view: Typed) -> dict[str, Answer]:
    if form.state != FormState.SHARED:
        raise Refused("Share this with your manager first: the plans are written and agreed by both of you.")
    answers = list_answers(scope, form)
    own = AnswerOwner.WORKER if form.membership_id == scope.membership_id else AnswerOwner.MANAGER
    changed = write_answers(scope, form, answers, plans, AnswerOwner.BOTH)
    write_answers(scope, form, answers, {own_view_code(scope): view}, own)
    if changed:
        form.worker_confirmed_at = form.manager_confirmed_at = None
    return answers


def _figure(scope: OrganisationScope, form: SelfAssessment) -> TrainingFigure:
    return scope.session.get_one(TrainingFigure, (scope.organisation_id, form.figure_id))


def _publish(scope: OrganisationScope) -> None:
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")


def _agree(scope: OrganisationScope, form: SelfAssessment, answers: Mapping[str, Answer], *, at: datetime) -> None:
    edition = get_edition(form.edition)
    statements = statements_for_worker(edition, form.level, form.audiences)
    form.state, form.agreed_at = FormState.AGREED, at
    figure = _figure(scope, form)
    figure.state, figure.level = FormState.AGREED, form.level
    figure.areas = codes_with(Mark.DEVELOPMENT, form.marks, statements)
    if form.manager_id is None:
        raise NotFound
    names = names_of(scope, {form.membership_id, form.manager_id})
    scope.session.add(
        AgreedForm(
            organisation_id=scope.organisation_id,
            membership_id=form.membership_id,
            manager_id=form.manager_id,
            agreed_at=at,
            content={
                "edition": edition.code,
                "title": f"{edition.self_assessment.title}: {edition.self_assessment.subtitle}",
                "worker": names[form.membership_id],
                "manager": names[form.manager_id],
                "level": form.level,
                "level_name": edition.level(form.level).name if form.level else None,
                "answers": [
                    {
                        "code": prompt.code,
                        "prompt": prompt.text,
                        "text": answers[prompt.code].text if prompt.code in answers else "",
                    }
                    for prompt in edition.self_assessment.prompts
                ],
                "marks": [
                    {"code": statement.code, "statement": statement.text, "mark": Mark(form.marks[statement.code]).words}
                    for statement in statements
                    if statement.code in form.marks
                ],
                "views": [
                    {"name": names[member], "text": answers[view_code(member)].text}
                    for member in (form.membership_id, form.manager_id)
                    if view_code(member) in answers and answers[view_code(member)].text
                ],
            },
        )
    )
    _publish(scope)


def _tell_the_other(scope: OrganisationScope, form: SelfAssessment) -> None:
    """Mail whoever has not confirmed yet, without a word about whom or what it concerns."""
    worker_waits = form.membership_id == scope.membership_id
    other_id = form.manager_id if worker_waits else form.membership_id
    for other in list_named_members(scope, [other_id] if other_id else []):
        if other.ended_at is None:
            address = link("training.show", organisation=scope.slug, form_id=form.id)
            notify(
                scope,
                topic=Topic.CONVERSATIONS,
                recipient_id=other.person_id,
                to=other.person.email,
                permission=Permission.ASSESSMENT_OWN,
                subject="A training plan waits for your confirmation",
                address=address,
                template="training_confirm",
                context={"address": address, "organisation": scope.name},
            )

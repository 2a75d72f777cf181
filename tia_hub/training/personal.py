"""What the room `training` holds on a person: their self-assessment, what they agreed, their words on others' forms."""

from collections.abc import Sequence

from sqlalchemy import func, select

from tia_hub.core.personal import STEAD, Fact, Holding, Subject, instant
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition
from tia_hub.training.models import AgreedForm, Answer, SelfAssessment
from tia_hub.training.services.removing import remove_own_forms
from tia_hub.training.types import AnswerOwner, FormState, Mark


def _forms(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    facts: list[Fact] = []
    for form in scope.session.scalars(select(SelfAssessment).where(SelfAssessment.membership_id == scope.membership_id)):
        edition = get_edition(form.edition)
        facts.append(
            {
                "Begun": instant(form.created_at),
                "State": FormState(form.state).words,
                "Practice level": edition.level(form.level).name if form.level else "",
                "Shared": instant(form.shared_at),
                "Confirmed by you": instant(form.worker_confirmed_at),
                "Confirmed by the manager": instant(form.manager_confirmed_at),
                "What was promised": " ".join(form.promise.values()),
            }
        )
        prompts = {prompt.code: prompt.text for prompt in edition.self_assessment.prompts}
        # A manager's own words are that manager's, and both see them in the form.
        answers = select(Answer).where(Answer.form_id == form.id).order_by(Answer.code)
        facts += [
            {
                "Prompt": prompts.get(answer.code, "What you see differently"),
                "Answer": answer.text,
                "Changed": instant(answer.updated_at),
            }
            for answer in scope.session.scalars(answers)
            if answer.owner != AnswerOwner.MANAGER
        ]
        texts = {statement.code: statement.text for level in edition.levels for statement in level.statements}
        facts += [
            {"Statement": texts.get(code, code), "What it is to you": Mark(mark).words}
            for code, mark in sorted(form.marks.items())
        ]
    return facts


def _agreed(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = select(AgreedForm).where(AgreedForm.membership_id == scope.membership_id).order_by(AgreedForm.agreed_at.desc())
    facts: list[Fact] = []
    for agreed in scope.session.scalars(query):
        content = agreed.content
        facts.append(
            {
                "Agreed": instant(agreed.agreed_at),
                "With": content["manager"],
                "Practice level": content.get("level_name") or "",
            }
        )
        facts += [{"Prompt": answer["prompt"], "Answer": answer["text"]} for answer in content["answers"] if answer["text"]]
        facts += [{"What you see differently": view["text"]} for view in content["views"] if view["name"] == content["worker"]]
    return facts


def _as_manager(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    own = select(Answer).where(Answer.author_id == scope.membership_id, Answer.owner == AnswerOwner.MANAGER)
    facts: list[Fact] = [
        {"What you wrote to somebody you manage": answer.text, "Changed": instant(answer.updated_at)}
        for answer in scope.session.scalars(own)
    ]
    query = select(AgreedForm).where(AgreedForm.manager_id == scope.membership_id).order_by(AgreedForm.agreed_at.desc())
    return facts + [{"Agreed with somebody": instant(agreed.agreed_at)} for agreed in scope.session.scalars(query)]


def _erase_own(scope: OrganisationScope, subject: Subject) -> None:
    remove_own_forms(scope, keep_counts=True)


def _erase_as_manager(scope: OrganisationScope, subject: Subject) -> None:
    # By a function of the database, as forms are closed to a manager who left or manages somebody else now (docs/adr/0023).
    scope.session.execute(select(func.forget_manager(subject.pattern(), STEAD)))


HOLDINGS = (
    Holding(
        kind="self_assessment",
        title="Your self-assessment",
        purpose="So that you can think about your learning, and plan it with your manager.",
        fate="Removed with all its texts. What was agreed stays in the counts of your organisation, which name nobody.",
        rule="leavers_forms",
        scope=OrganisationScope,
        columns=("self_assessment.membership_id", "self_assessment_answer.author_id"),
        collect=_forms,
        erase=_erase_own,
    ),
    Holding(
        kind="agreed_form",
        title="Training and support plans that you agreed",
        purpose="So that you and your manager can look at what you agreed.",
        fate="Removed with all its texts. It stays in the counts of your organisation, which name nobody.",
        rule="leavers_forms",
        scope=OrganisationScope,
        columns=("agreed_form.membership_id", "agreed_form.content"),
        collect=_agreed,
    ),
    Holding(
        kind="as_manager",
        title="What you wrote and agreed as somebody’s manager",
        purpose="So that the person you manage and you can plan their learning.",
        fate="Your own words are removed. The plans stay with the person they are for, without your name.",
        rule="leavers_forms",
        scope=OrganisationScope,
        columns=("self_assessment.manager_id", "agreed_form.manager_id"),
        collect=_as_manager,
        erase=_erase_as_manager,
    ),
)

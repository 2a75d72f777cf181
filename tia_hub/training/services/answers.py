"""Writing answers with a version check, for both journeys: the worker's own writing and the agreement of both."""

from collections.abc import Collection, Mapping
from uuid import UUID

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.queries.people import list_named_members
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.types import AnswerOwner, Clash, Clashes, FormState, Typed


def view_code(membership_id: UUID) -> str:
    """The code of a member's own words on what they see differently."""
    return f"view.{membership_id}"


def own_view_code(scope: OrganisationScope) -> str:
    """The code of the acting member's own words on what they see differently."""
    return view_code(acting_member(scope))


def acting_member(scope: OrganisationScope) -> UUID:
    """The membership of whoever acts. Raises NotFound for the system, which has no form."""
    if scope.membership_id is None:
        raise NotFound
    return scope.membership_id


def names_of(scope: OrganisationScope, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of some members, those who have left included."""
    return {member.id: member.person.name for member in list_named_members(scope, ids)}


def refuse_agreed(form: SelfAssessment) -> None:
    """Raise Refused where a form is agreed, and so can't be changed."""
    if form.state == FormState.AGREED:
        raise Refused("This has been agreed by both of you. Open it again to change it.")


def write_answers(
    scope: OrganisationScope,
    form: SelfAssessment,
    answers: dict[str, Answer],
    typed: Mapping[str, Typed],
    owner: AnswerOwner,
) -> bool:
    """Lay typed texts over the answers; whether any differs. Raises Clashes where one was typed on an older version."""
    changed = {code: each for code, each in typed.items() if each.text != (answers[code].text if code in answers else "")}
    stale = {code for code, each in changed.items() if each.version != (answers[code].version if code in answers else 0)}
    if stale:
        raise Clashes(_clashes(scope, {code: answers.get(code) for code in stale}))
    for code, each in changed.items():
        answer = answers.get(code)
        if answer is None:
            answer = Answer(organisation_id=scope.organisation_id, form_id=form.id, code=code, owner=owner, version=0)
            scope.session.add(answer)
            answers[code] = answer
        answer.text, answer.version = each.text, answer.version + 1
        answer.author_id, answer.updated_at = acting_member(scope), now()
    scope.session.flush()
    return bool(changed)


def _clashes(scope: OrganisationScope, stale: Mapping[str, Answer | None]) -> dict[str, Clash]:
    names = names_of(scope, {answer.author_id for answer in stale.values() if answer})
    return {
        code: Clash(answer.text, answer.version, names[answer.author_id], answer.updated_at)
        if answer
        else Clash("", 0, "Nobody", now())
        for code, answer in stale.items()
    }

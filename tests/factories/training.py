"""Self-assessments in every state, made by the services that the pages use."""

from uuid import UUID

from tests.factories.tenants import Someone, Tenant
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.types.roles import Role
from tia_hub.training import queries
from tia_hub.training.presenters import divide
from tia_hub.training.scoring import statements_for_worker
from tia_hub.training.services import agreeing, writing
from tia_hub.training.services.answers import own_view_code
from tia_hub.training.types import Mark, Typed

NOTHING = Typed("", 0)


def make_draft(
    tenant: Tenant,
    worker: Someone,
    *,
    level: PracticeLevel = PracticeLevel.SKILLED,
    develop: int = 2,
    mark: str = "",
) -> UUID:
    """A draft in which everything is filled in; `mark` is a word that every text begins with."""
    sections = divide(current_edition())
    with transaction(tenant.scope(worker, Role.STAFF)) as scope:
        form_id = writing.start_form(scope)
        writing.save_role(
            scope,
            form_id=form_id,
            typed={prompt.code: Typed(f"{mark} {prompt.code} of {worker.name}".strip(), 0) for prompt in sections.role},
            level=level.value,
            audiences=[],
        )
        statements = statements_for_worker(current_edition(), level.value, [])
        marks = {each.code: Mark.DEVELOPMENT.value if n < develop else Mark.STRENGTH.value for n, each in enumerate(statements)}
        writing.save_marks(scope, form_id=form_id, marks=marks)
        writing.save_own_answers(
            scope,
            form_id=form_id,
            typed={prompt.code: Typed(f"{mark} {prompt.code} of {worker.name}".strip(), 1) for prompt in sections.strengths},
        )
    return form_id


def make_shared(tenant: Tenant, worker: Someone, manager: Someone, **kwargs: object) -> UUID:
    """A form that is shared with a manager, and nothing more."""
    form_id = make_draft(tenant, worker, **kwargs)  # type: ignore[arg-type]
    with transaction(tenant.scope(worker, Role.STAFF)) as scope:
        agreeing.share_form(scope, form_id=form_id, manager_id=_membership(manager))
    return form_id


def confirm(tenant: Tenant, someone: Someone, form_id: UUID, *, mark: str = "", role: Role = Role.MANAGER) -> None:
    """One of the two confirms the plans, writing them first if they are empty."""
    codes = [prompt.code for prompt in divide(current_edition()).plans]
    with transaction(tenant.scope(someone, role)) as scope:
        found = queries.get_form(scope, form_id)
        answers = queries.list_answers(scope, found)
        plans = {
            code: Typed(answers[code].text, answers[code].version)
            if code in answers
            else Typed(f"{mark} {code} of both".strip(), 0)
            for code in codes
        }
        own = answers.get(own_view_code(scope))
        view = Typed(own.text, own.version) if own else Typed(f"{mark} view of {someone.name}" if mark else "", 0)
        agreeing.confirm_plans(scope, form_id=form_id, plans=plans, view=view)


def make_agreed(tenant: Tenant, worker: Someone, manager: Someone, *, mark: str = "", **kwargs: object) -> UUID:
    """A form that both confirmed."""
    form_id = make_shared(tenant, worker, manager, mark=mark, **kwargs)
    confirm(tenant, worker, form_id, mark=mark, role=Role.STAFF)
    confirm(tenant, manager, form_id, mark=mark)
    return form_id


def _membership(someone: Someone) -> UUID:
    if someone.membership_id is None:
        raise ValueError(f"{someone.name} is no member")
    return someone.membership_id

"""The page of both: a worker and a manager read one form, write its plans and agree them."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition
from tia_hub.training import queries
from tia_hub.training.forms import AnswersForm, answers_form
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.presenters import divide, questions
from tia_hub.training.services import agreeing
from tia_hub.training.services.answers import own_view_code
from tia_hub.training.types import Clash, Clashes, FormState
from tia_hub.training.views.blueprint import bp, present, versions_of

VIEW_QUESTION = "Something I see differently (optional)"


@bp.get("/o/<organisation>/training/forms/<uuid:form_id>")
@require(Permission.ASSESSMENT_OWN)
def show(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """A form for its worker and the manager it is shared with; both write the plans here."""
    found = queries.get_form(scope, form_id)
    answers = queries.list_answers(scope, found)
    return _form_page(scope, found, answers, _plans_form(scope, found, answers))


@bp.post("/o/<organisation>/training/forms/<uuid:form_id>/plans")
@require(Permission.ASSESSMENT_OWN)
def plans(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Save the plans, or save and confirm them."""
    found = queries.get_form(scope, form_id)
    answers = queries.list_answers(scope, found)
    form = _plans_form(scope, found, answers)
    if not form.validate_on_submit():
        return _form_page(scope, found, answers, form, status=422)
    keep = request.form.getlist("keep")
    typed = form.typed()
    view = typed.pop("view")
    texts = {code: each for code, each in typed.items() if code not in keep}
    try:
        if request.form.get("then") == "confirm" and not keep:
            state = agreeing.confirm_plans(scope, form_id=form_id, plans=texts, view=view)
            words = "Agreed by both of you" if state == FormState.AGREED else "Confirmed. Now it waits for the other"
            return see("training.show", words, organisation=scope.slug, form_id=form_id)
        answers = agreeing.save_plans(scope, form_id=form_id, plans=texts, view=view)
    except agreeing.TooEarly as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(scope, found, answers, form, status=422)
    except Clashes as clash:
        own = own_view_code(scope)
        clashes = {"view" if code == own else code: each for code, each in clash.found.items()}
        form.lay({code: each.version for code, each in clashes.items()})
        return _form_page(scope, found, answers, form, clashes=clashes, status=409)
    if htmx:
        versions = versions_of(form.codes, answers | _own_view(scope, answers))
        return page("training/_saved.html", versions=versions, form=present(scope, found, answers))
    return see("training.show", "Saved", organisation=scope.slug, form_id=form_id)


@bp.post("/o/<organisation>/training/forms/<uuid:form_id>/reopen")
@require(Permission.ASSESSMENT_OWN)
def reopen(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Open an agreed form again."""
    state = agreeing.reopen_form(scope, form_id=form_id)
    words = "It is yours alone until you share it" if state == FormState.DRAFT else "Both of you confirm it anew"
    return see("training.show", f"The form is open again. {words}", organisation=scope.slug, form_id=form_id)


@bp.get("/o/<organisation>/training/agreed/<uuid:agreed_id>")
@require(Permission.ASSESSMENT_OWN)
def agreed(scope: OrganisationScope, agreed_id: UUID) -> ResponseReturnValue:
    """A form as it was agreed."""
    return page("training/agreed.html", scope=scope, agreed=queries.get_agreed_form(scope, agreed_id))


def _own_view(scope: OrganisationScope, answers: dict[str, Answer]) -> dict[str, Answer]:
    code = own_view_code(scope)
    return {"view": answers[code]} if code in answers else {}


def _plans_form(scope: OrganisationScope, found: SelfAssessment, answers: dict[str, Answer]) -> AnswersForm:
    return answers_form(
        [*questions(divide(get_edition(found.edition)).plans), ("view", VIEW_QUESTION)],
        answers | _own_view(scope, answers),
    )


def _form_page(
    scope: OrganisationScope,
    found: SelfAssessment,
    answers: dict[str, Answer],
    plans_form: AnswersForm,
    *,
    clashes: dict[str, Clash] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "training/form.html",
        part="training/_plans_form.html",
        status=status,
        scope=scope,
        form=present(scope, found, answers),
        form_id=found.id,
        plans=plans_form,
        clashes=clashes or {},
    )

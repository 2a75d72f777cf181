"""A member's own self-assessment: begun, written page by page, deleted."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from tia_hub.core.forms import Form
from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.training import queries
from tia_hub.training.forms import AnswersForm, answers_form, marks_form, role_form
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.presenters import divide, group_statements, present_steps, questions
from tia_hub.training.scoring import statements_for_worker
from tia_hub.training.services import writing
from tia_hub.training.types import PROMISE, Clash, Clashes, FormState, Typed
from tia_hub.training.views.blueprint import bp, present, versions_of

Save = Callable[[dict[str, Typed]], dict[str, Answer] | None]


@bp.get("/o/<organisation>/training/")
@require(Permission.ASSESSMENT_OWN)
def mine(scope: OrganisationScope) -> ResponseReturnValue:
    """The member's own self-assessment: where it stands and what comes next."""
    form = queries.find_own_form(scope)
    agreed = [each for each in queries.list_agreed_forms(scope) if each.membership_id == scope.membership_id]
    if form is None:
        return page("training/mine.html", scope=scope, form=None, promise=PROMISE, edition=current_edition(), agreed=agreed)
    edition = get_edition(form.edition)
    shown = present(scope, form, queries.list_answers(scope, form))
    return page(
        "training/mine.html",
        scope=scope,
        form=shown,
        promise=form.promise,
        edition=edition,
        steps=present_steps(form, edition, shown, organisation=scope.slug),
        agreed=agreed,
    )


@bp.post("/o/<organisation>/training/start")
@require(Permission.ASSESSMENT_OWN)
def start(scope: OrganisationScope) -> ResponseReturnValue:
    """Begin one's own self-assessment."""
    writing.start_form(scope)
    return see("training.mine", "Your self-assessment is ready. Only you can see it", organisation=scope.slug)


@bp.route("/o/<organisation>/training/forms/<uuid:form_id>/delete", methods=["GET", "POST"])
@require(Permission.ASSESSMENT_OWN)
def delete(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Delete one's own draft, after asking once."""
    form = Form()
    if form.validate_on_submit():
        writing.delete_draft(scope, form_id=form_id)
        return see("training.mine", "Your self-assessment was deleted", organisation=scope.slug)
    queries.get_own_form(scope, form_id)
    return page("training/delete.html", status=422 if form.errors else 200, scope=scope, form_id=form_id, form=form)


@bp.route("/o/<organisation>/training/forms/<uuid:form_id>/role", methods=["GET", "POST"])
@require(Permission.ASSESSMENT_OWN)
def role(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """The prompts about service, role and level."""
    found = queries.get_own_form(scope, form_id)
    edition = get_edition(found.edition)
    form: Any = role_form(
        edition,
        questions(divide(edition).role),
        queries.list_answers(scope, found),
        level=found.level,
        audiences=found.audiences,
    )

    def save(typed: dict[str, Typed]) -> dict[str, Answer]:
        return writing.save_role(
            scope, form_id=form_id, typed=typed, level=form.level.data, audiences=form.audiences.data or []
        )

    return _edit(scope, found, form, save, "role", edition=edition)


@bp.route("/o/<organisation>/training/forms/<uuid:form_id>/statements", methods=["GET", "POST"])
@require(Permission.ASSESSMENT_OWN)
def statements(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """The framework's statements, each a strength, something to develop, not relevant, or left."""
    found = queries.get_own_form(scope, form_id)
    edition = get_edition(found.edition)
    shown = statements_for_worker(edition, found.level, found.audiences)
    form = marks_form(shown, found.marks)
    status = 200
    if form.validate_on_submit():
        writing.save_marks(scope, form_id=form_id, marks=form.marks())
        if htmx:
            return page("training/_saved.html", versions={})
        return see("training.strengths", "Saved", organisation=scope.slug, form_id=form_id)
    if form.errors:
        status = 422
    return page(
        "training/statements.html",
        part="training/_statements_form.html",
        status=status,
        scope=scope,
        form=form,
        form_id=form_id,
        agreed=found.state == FormState.AGREED,
        promise=found.promise,
        groups=group_statements(edition, shown),
    )


@bp.route("/o/<organisation>/training/forms/<uuid:form_id>/strengths", methods=["GET", "POST"])
@require(Permission.ASSESSMENT_OWN)
def strengths(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """The prompts about strengths and development."""
    found = queries.get_own_form(scope, form_id)
    form = answers_form(questions(divide(get_edition(found.edition)).strengths), queries.list_answers(scope, found))

    def save(typed: dict[str, Typed]) -> dict[str, Answer]:
        return writing.save_own_answers(scope, form_id=form_id, typed=typed)

    return _edit(scope, found, form, save, "strengths")


NEXT = {"role": "training.statements", "strengths": "training.mine"}


def _edit(
    scope: OrganisationScope, found: SelfAssessment, form: AnswersForm, save: Save, name: str, **context: Any
) -> ResponseReturnValue:
    """Show a page of the worker's own prompts, or save it: as typed by htmx, or as a whole, going on to the next page."""
    clashes: dict[str, Clash] = {}
    if form.validate_on_submit():
        keep = request.form.getlist("keep")
        try:
            answers = save({code: typed for code, typed in form.typed().items() if code not in keep})
        except Clashes as clash:
            clashes = clash.found
            form.lay({code: each.version for code, each in clashes.items()})
        else:
            if htmx:
                return page("training/_saved.html", versions=versions_of(form.codes, answers or {}))
            return see(NEXT[name], "Saved", organisation=scope.slug, form_id=found.id)
    return page(
        f"training/{name}.html",
        part=f"training/_{name}_form.html",
        status=409 if clashes else 422 if form.errors else 200,
        scope=scope,
        form=form,
        form_id=found.id,
        clashes=clashes,
        agreed=found.state == FormState.AGREED,
        promise=found.promise,
        **context,
    )

"""Pages of the level finder, the self-assessment, the manager's conversations and the lead's counts."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tia_hub.core.forms import Form
from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.levels import Answers, follow_up, suggest_level
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.queries import get_small_number, list_members_with_role, list_named_members
from tia_hub.training import queries
from tia_hub.training.forms import AnswersForm, FinderForm, ShareForm, answers_form, marks_form, role_form, take_form
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.presenters import (
    FormPage,
    PersonRow,
    divide,
    group_statements,
    present_form,
    present_picture,
    present_steps,
    questions,
    state_words,
    waits_for_manager,
)
from tia_hub.training.scoring import statements_for_worker
from tia_hub.training.services import agreeing, writing
from tia_hub.training.services.answers import own_view_code
from tia_hub.training.types import PROMISE, Clash, Clashes, FormState, Typed

bp = Blueprint("training", __name__)

VIEW_QUESTION = "Something I see differently (optional)"
Save = Callable[[dict[str, Typed]], dict[str, Answer] | None]


@bp.get("/o/<organisation>/training/support")
@require(Permission.ORGANISATION_OPEN)
def support(scope: OrganisationScope) -> ResponseReturnValue:
    """Who one can talk to."""
    return page("training/support.html", scope=scope)


# Level finder


@bp.get("/o/<organisation>/training/level")
@require(Permission.ASSESSMENT_OWN)
def level(scope: OrganisationScope) -> ResponseReturnValue:
    """The level finder: one question a page, then a suggestion with its reasons."""
    return _level_page(scope)


@bp.post("/o/<organisation>/training/level")
@require(Permission.ASSESSMENT_OWN)
def take_level(scope: OrganisationScope) -> ResponseReturnValue:
    """Take a level into one's own self-assessment."""
    form = take_form(current_edition(), None)
    if not form.validate_on_submit():
        return _level_page(scope, taking=form)
    form_id = writing.take_level(scope, level=PracticeLevel(form["level"].data), note=form["note"].data or "")
    return see("training.role", "The level is in your self-assessment", organisation=scope.slug, form_id=form_id)


def _level_page(scope: OrganisationScope, *, taking: Form | None = None) -> ResponseReturnValue:
    edition = current_edition()
    form = FinderForm(formdata=request.args)
    answered = form.service.data is not None and form.worker.data is not None
    candidates = (
        follow_up(edition, service_has_remit=form.service.data == "yes", worker_has_contact=form.worker.data == "yes")
        if answered
        else ()
    )
    form.word(edition, candidates)
    valid = form.validate()
    step = next((name for name in ("service", "worker") if form[name].errors or form[name].data is None), "done")
    if step == "done" and candidates and (form.closest.errors or form.closest.data is None):
        step = "closest"
    if valid and step == request.args.get("asked"):
        form[step].errors = ["Choose an answer, or leave the level finder: you can come back at any time"]
        valid = False
    suggestion = None
    if step == "done" and valid:
        suggestion = suggest_level(
            edition,
            Answers(
                service_has_remit=form.service.data == "yes",
                worker_has_contact=form.worker.data == "yes",
                closest=PracticeLevel(form.closest.data) if form.closest.data else None,
            ),
        )
        taking = taking or take_form(edition, suggestion.level.value if suggestion.level else None)
    return page(
        "training/level.html",
        status=200 if valid and not (taking and taking.errors) else 422,
        scope=scope,
        edition=edition,
        form=form,
        step=step,
        suggestion=suggestion,
        suggested=edition.level(suggestion.level) if suggestion and suggestion.level else None,
        taking=taking if suggestion else None,
        hints=[(hint.role, edition.level(hint.level).name) for hint in edition.find_roles(form.job.data or "")],
    )


# One's own form


@bp.get("/o/<organisation>/training/")
@require(Permission.ASSESSMENT_OWN)
def mine(scope: OrganisationScope) -> ResponseReturnValue:
    """The member's own self-assessment: where it stands and what comes next."""
    form = queries.find_own_form(scope)
    agreed = [each for each in queries.list_agreed_forms(scope) if each.membership_id == scope.membership_id]
    if form is None:
        return page("training/mine.html", scope=scope, form=None, promise=PROMISE, edition=current_edition(), agreed=agreed)
    edition = get_edition(form.edition)
    shown = _present(scope, form, queries.list_answers(scope, form))
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
                return page("training/_saved.html", versions=_versions(form.codes, answers or {}))
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


def _versions(codes: Sequence[str], answers: dict[str, Answer]) -> dict[str, int]:
    return {code: answers[code].version for code in codes if code in answers}


@bp.route("/o/<organisation>/training/forms/<uuid:form_id>/share", methods=["GET", "POST"])
@require(Permission.ASSESSMENT_OWN)
def share(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Choose the manager to share with; the line manager is offered first."""
    found = queries.get_own_form(scope, form_id)
    managers = [member for member in list_members_with_role(scope, agreeing.MANAGING_ROLES) if member.id != scope.membership_id]
    own = list_named_members(scope, [found.membership_id])[0]
    form = ShareForm(data={"manager": str(own.manager_id) if own.manager_id else None})
    form.offer(
        (str(each.id), f"{each.person.name}, {each.job_title}" if each.job_title else each.person.name) for each in managers
    )
    if form.validate_on_submit():
        agreeing.share_form(scope, form_id=form_id, manager_id=UUID(form.manager.data))
        return see("training.show", "Shared. Your manager has been told by email", organisation=scope.slug, form_id=form_id)
    return page(
        "training/share.html",
        status=422 if form.errors else 200,
        scope=scope,
        form=form,
        form_id=form_id,
        managers=managers,
        draft=found.state == FormState.DRAFT,
    )


@bp.post("/o/<organisation>/training/forms/<uuid:form_id>/withdraw")
@require(Permission.ASSESSMENT_OWN)
def withdraw(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Take a shared form back."""
    agreeing.withdraw_form(scope, form_id=form_id)
    return see("training.mine", "Only you can see it again", organisation=scope.slug)


# The page of both


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
    except Clashes as clash:
        own = own_view_code(scope)
        clashes = {"view" if code == own else code: each for code, each in clash.found.items()}
        form.lay({code: each.version for code, each in clashes.items()})
        return _form_page(scope, found, answers, form, clashes=clashes, status=409)
    if htmx:
        versions = _versions(form.codes, answers | _own_view(scope, answers))
        return page("training/_saved.html", versions=versions, form=_present(scope, found, answers))
    return see("training.show", "Saved", organisation=scope.slug, form_id=form_id)


@bp.post("/o/<organisation>/training/forms/<uuid:form_id>/reopen")
@require(Permission.ASSESSMENT_OWN)
def reopen(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Open an agreed form again."""
    agreeing.reopen_form(scope, form_id=form_id)
    return see("training.show", "The form is open again. Both of you confirm it anew", organisation=scope.slug, form_id=form_id)


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


def _present(scope: OrganisationScope, found: SelfAssessment, answers: dict[str, Answer]) -> FormPage:
    ids = [each for each in (found.membership_id, found.manager_id) if each]
    people = {member.id: member for member in list_named_members(scope, ids)}
    return present_form(
        found,
        get_edition(found.edition),
        answers,
        mine=found.membership_id == scope.membership_id,
        names={each.id: each.person.name for each in people.values()},
        left=found.manager_id is not None and people[found.manager_id].ended_at is not None,
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
        form=_present(scope, found, answers),
        form_id=found.id,
        plans=plans_form,
        clashes=clashes or {},
    )


# Managers and leads


@bp.get("/o/<organisation>/training/people")
@require(Permission.ASSESSMENT_MANAGE)
def team(scope: OrganisationScope) -> ResponseReturnValue:
    """Who shared their form with the manager, and what waits."""
    forms = queries.list_shared_forms(scope)
    kept = [each for each in queries.list_agreed_forms(scope) if each.manager_id == scope.membership_id]
    people = {each.id: each for each in list_named_members(scope, {form.membership_id for form in forms})}
    rows = [
        PersonRow(
            name=people[form.membership_id].person.name,
            job_title=people[form.membership_id].job_title,
            words=state_words(form, mine=False)[0],
            colour=state_words(form, mine=False)[1],
            waits=waits_for_manager(form),
            form_id=form.id,
            shared_at=form.shared_at,
        )
        for form in forms
    ]
    return page("training/people.html", scope=scope, rows=rows, agreed=kept)


@bp.get("/o/<organisation>/training/picture")
@require(Permission.TRAINING_PICTURE)
def picture(scope: OrganisationScope) -> ResponseReturnValue:
    """Training needs in counts."""
    return page(
        "training/picture.html",
        scope=scope,
        picture=present_picture(
            current_edition(),
            levels=queries.count_needed_levels(scope),
            states=queries.count_forms_by_state(scope),
            areas=queries.count_development_areas(scope),
            threshold=get_small_number(scope),
        ),
    )

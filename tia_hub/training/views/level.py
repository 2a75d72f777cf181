"""The level finder."""

from flask import request
from flask.typing import ResponseReturnValue

from tia_hub.core.forms import Form
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.levels import Answers, follow_up, suggest_level
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.training.forms import FinderForm, take_form
from tia_hub.training.services import writing
from tia_hub.training.views.blueprint import bp


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
    if valid and step != "done" and step == request.args.get("asked"):
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

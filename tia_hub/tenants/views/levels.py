"""The practice level that is expected of a team: a few questions about its remit, then a suggestion that can be overruled."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.levels import Answers, follow_up, suggest_level
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.forms.teams import LevelQuestionsForm, TeamLevelForm
from tia_hub.tenants.queries.teams import get_team
from tia_hub.tenants.services.teams import set_level
from tia_hub.tenants.types.teams import LevelBasis
from tia_hub.tenants.views.blueprint import bp


@bp.route("/o/<organisation>/teams/<uuid:team_id>/level", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def team_level(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """One question a page; at the end a suggestion with its reasons, and the level as the lead sets it."""
    team = get_team(scope, team_id)
    edition = current_edition()
    asked = LevelQuestionsForm(formdata=request.args)
    answers = _first_two(asked)
    asked.word(edition, follow_up(edition, **answers) if answers else ())
    valid = asked.validate()
    if valid and asked.step != "done" and asked.step == request.args.get("asked"):
        asked[asked.step].errors = ["Choose an answer, or leave: you can come back at any time"]
        valid = False
    if not valid or not answers or asked.step != "done":
        status = 422 if not valid or request.method == "POST" else 200
        return page("tenants/team_level.html", team=team, asked=asked, scope=scope, status=status)
    closest = PracticeLevel(asked.closest.data) if asked.closest.data else None
    suggestion = suggest_level(edition, Answers(**answers, closest=closest))
    form = TeamLevelForm(data={"level": suggestion.level.value if suggestion.level else None})
    form.offer(edition, suggestion.level)
    if form.validate_on_submit():
        basis = LevelBasis(
            edition=edition.code,
            **answers,
            closest=closest.value if closest else None,
            suggested=suggestion.level.value if suggestion.level else None,
        )
        set_level(scope, team_id, level=PracticeLevel(form.level.data), basis=basis, note=form.note.data or "")
        return see("tenants.team", "The level was set.", organisation=scope.slug, team_id=team_id)
    return page(
        "tenants/team_suggestion.html",
        team=team,
        edition=edition,
        asked=asked,
        suggestion=suggestion,
        suggested=edition.level(suggestion.level) if suggestion.level else None,
        form=form,
        scope=scope,
        status=422 if form.errors else 200,
    )


def _first_two(asked: LevelQuestionsForm) -> dict[str, bool]:
    """The first two answers, once both are given."""
    if {asked.service.data, asked.worker.data} <= {"yes", "no"}:
        return {"service_has_remit": asked.service.data == "yes", "worker_has_contact": asked.worker.data == "yes"}
    return {}

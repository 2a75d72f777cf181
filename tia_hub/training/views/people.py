"""What a manager and a lead see of others, and whom everybody can turn to."""

from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import current_edition
from tia_hub.tenants.queries.organisations import get_small_number
from tia_hub.tenants.queries.people import list_named_members
from tia_hub.training import queries
from tia_hub.training.presenters import PersonRow, present_picture, state_words, waits_for_manager
from tia_hub.training.views.blueprint import bp


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


@bp.get("/o/<organisation>/training/support")
@require(Permission.ORGANISATION_OPEN)
def support(scope: OrganisationScope) -> ResponseReturnValue:
    """Who one can talk to."""
    return page("training/support.html", scope=scope)

"""The blueprint of this room's pages, and what several of them show."""

from collections.abc import Sequence

from flask import Blueprint

from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition
from tia_hub.tenants.queries.people import list_named_members
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.presenters import FormPage, present_form

bp = Blueprint("training", __name__)


def versions_of(codes: Sequence[str], answers: dict[str, Answer]) -> dict[str, int]:
    """The version of each answer that was ever saved, by the code of its prompt."""
    return {code: answers[code].version for code in codes if code in answers}


def present(scope: OrganisationScope, found: SelfAssessment, answers: dict[str, Answer]) -> FormPage:
    """A form as its worker or its manager, whoever looks, sees it."""
    ids = [each for each in (found.membership_id, found.manager_id) if each]
    people = list_named_members(scope, ids)
    return present_form(
        found,
        get_edition(found.edition),
        answers,
        mine=found.membership_id == scope.membership_id,
        names={each.id: each.person.name for each in people},
    )

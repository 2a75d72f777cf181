"""How long self-assessments are kept of people who have left."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from tia_hub.core.retention import YEAR, Rule, counted
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.tenants.models.people import Membership
from tia_hub.training.services.removing import remove_own_forms


def _left(scope: OrganisationScope, before: datetime) -> ColumnElement[bool]:
    # Whether a leaver ever wrote a form is nobody's business: all leavers are counted, and each of them once.
    not_yet = or_(Membership.forms_removed_at.is_(None), Membership.forms_removed_at < Membership.ended_at)
    return and_(Membership.organisation_id == scope.organisation_id, Membership.ended_at < before, not_yet)


def _remove(scope: OrganisationScope, before: datetime) -> int:
    leavers = scope.session.scalars(select(Membership.id).where(_left(scope, before)).order_by(Membership.id)).all()
    for membership_id in leavers:
        # Personal forms open to their worker alone, so that they are removed as the worker (docs/adr/0006).
        worker = OrganisationScope(
            organisation_id=scope.organisation_id, partnership_id=scope.partnership_id, membership_id=membership_id
        )
        with transaction(worker):
            remove_own_forms(worker, keep_counts=False)
            worker.session.execute(
                update(Membership)
                .where(Membership.organisation_id == scope.organisation_id, Membership.id == membership_id)
                .values(forms_removed_at=func.now())
            )
    return len(leavers)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="leavers_forms",
        words="Self-assessments and agreed plans of people who have left, where they wrote any",
        days=YEAR,
        why="So that somebody who comes back finds what they wrote, and that a plan can be asked about.",
        scopes=(OrganisationScope,),
        bounds=(30, 7 * YEAR),
        count=lambda scope, before: counted(scope, Membership, _left(scope, before)),
        remove=_remove,
    ),
)

"""Everything that the product holds on people: the holdings of all rooms, and of this one."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from tia_hub.accounts import personal as accounts
from tia_hub.audits import personal as audits
from tia_hub.core import personal as core
from tia_hub.core.clock import format_date
from tia_hub.core.db import Base
from tia_hub.core.personal import STEAD, Fact, Holding, Subject, instant
from tia_hub.core.scope import IdentityScope, OrganisationScope
from tia_hub.home.models import AccessReview, Erasure, PersonalCopy
from tia_hub.outcomes import personal as outcomes
from tia_hub.reports import personal as reports
from tia_hub.tenants import personal as tenants
from tia_hub.trainers import personal as trainers
from tia_hub.training import personal as training


def _requests(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    copies = scope.session.scalars(select(PersonalCopy).where(PersonalCopy.person_id == subject.person_id))
    erasures = scope.session.scalars(select(Erasure).where(Erasure.person_id == subject.person_id))
    return [
        *({"You asked for": "A copy of your data", "When": instant(copy.asked_at)} for copy in copies),
        *(
            {
                "You asked for": "Erasure",
                "When": instant(erasure.created_at),
                "Due": instant(erasure.due_at),
                "Withdrawn": instant(erasure.withdrawn_at),
            }
            for erasure in erasures
        ),
    ]


def _forget_copy(scope: IdentityScope, subject: Subject) -> None:
    scope.session.execute(delete(PersonalCopy).where(PersonalCopy.person_id == subject.person_id))


def _reviews(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(AccessReview)
        .where(AccessReview.organisation_id == scope.organisation_id, AccessReview.person_id == subject.person_id)
        .order_by(AccessReview.reviewed_on.desc())
    )
    return [
        {"Access reviewed on": format_date(review.reviewed_on), "Note": review.note} for review in scope.session.scalars(query)
    ]


def _forget_reviewer(scope: OrganisationScope, subject: Subject) -> None:
    scope.session.execute(
        update(AccessReview)
        .where(AccessReview.organisation_id == scope.organisation_id, AccessReview.person_id == subject.person_id)
        .values(reviewer=STEAD)
    )


def _forget_exports(scope: OrganisationScope, subject: Subject) -> None:
    # The room that keeps them stands above this one, and knows the table by its model.
    exports = Base.metadata.tables["organisation_export"]
    scope.session.execute(
        update(exports)
        .where(exports.c.organisation_id == scope.organisation_id, exports.c.requested_by == subject.person_id)
        .values(requested_by_name=STEAD)
    )


HERE = (
    Holding(
        kind="exports",
        title="Exports of an organisation that you asked for",
        purpose="So that the organisation knows who has a copy of its data.",
        fate="Stay, without your name.",
        scope=OrganisationScope,
        columns=("organisation_export.requested_by", "organisation_export.requested_by_name"),
        erase=_forget_exports,
    ),
    Holding(
        kind="requests",
        title="What you asked for about your data",
        purpose="So that it is done, and done once.",
        fate="The copy is removed. Of the erasure a number, its date and a hash of your address stay, "
        "so that it can be done again if an old backup ever has to be restored.",
        rule="personal_copies",
        scope=IdentityScope,
        columns=("personal_copy.person_id", "erasure.person_id", "erasure.address_hash"),
        collect=_requests,
        erase=_forget_copy,
    ),
    Holding(
        kind="reviews",
        title="Access reviews that you made",
        purpose="So that an organisation can show that somebody looks at who has access.",
        fate="Stay, without your name.",
        scope=OrganisationScope,
        columns=("access_review.person_id", "access_review.reviewer"),
        collect=_reviews,
        erase=_forget_reviewer,
    ),
)

HOLDINGS: tuple[Holding, ...] = (
    *training.HOLDINGS,
    *accounts.HOLDINGS,
    *tenants.HOLDINGS,
    *audits.HOLDINGS,
    *outcomes.HOLDINGS,
    *trainers.HOLDINGS,
    *reports.HOLDINGS,
    *HERE,
    *core.HOLDINGS,
)
"""In the order in which a copy shows them; places first of all let go of what they have, the service's book-keeping last."""

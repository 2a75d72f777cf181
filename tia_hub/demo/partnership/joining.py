"""What is under way in the sample partnership: a request to join, levels of teams, and a guest who was asked about an audit."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from tia_hub.audits.queries import list_audits
from tia_hub.audits.services.requests import ask_somebody
from tia_hub.audits.types import AuditState
from tia_hub.core.clock import now
from tia_hub.core.scope import InvitationScope, JoiningScope, OrganisationScope, transaction
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.demo.partnership.plan import PlannedOrganisation
from tia_hub.demo.partnership.tenancy import area_id
from tia_hub.demo.partnership.texts import make_id
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.models.organisations import JoiningRequest
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.queries.people import get_member
from tia_hub.tenants.services.joining_requests import confirm_request
from tia_hub.tenants.services.teams import set_level
from tia_hub.tenants.types.organisations import Sector
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.teams import LevelBasis

ASKED_BY = "Nia Brook"
GUEST = "Gale Winter"
"""A contributor to the audit of the first organisation."""


def guest_of(plan: PlannedOrganisation) -> tuple[UUID, str, str]:
    """The contributor to an organisation's audit: identifier, name and address."""
    return make_id("guest", plan.slug), GUEST, f"{GUEST.lower().replace(' ', '.')}@{plan.slug}-forum.example"


def add_request(partnership_id: UUID, mark: str) -> None:
    """Leave a request to join, its address confirmed, for the coordinator's office; once."""
    token_hash = hash_token(new_token())
    row = {
        "id": make_id("joining request", mark),
        "partnership_id": partnership_id,
        "form_token": "sample",
        "name": "Harbour Lights Bereavement Support",
        "sector": Sector.CHARITY,
        "headcount": 4,
        "area_ids": [str(area_id(mark, "Portsmouth"))],
        "asker_name": ASKED_BY,
        "asker_job": "Director",
        "asker_email": "nia.brook@harbour-lights.example",
        "why": "Everybody who comes to us has lost somebody. We would like to learn with the services that send them to us.",
        "token_hash": token_hash,
        "expires_at": now() + timedelta(days=2),
    }
    with transaction(JoiningScope(partnership_id=partnership_id, token_hash=token_hash)) as scope:
        query = insert(JoiningRequest).values(row).on_conflict_do_nothing().returning(JoiningRequest.id)
        made = scope.session.scalar(query)
    if made is not None:
        with transaction(InvitationScope(token_hash=token_hash)) as invited:
            confirm_request(invited)


def add_levels(scope: OrganisationScope, plan: PlannedOrganisation) -> None:
    """Set the level expected of the teams that were audited: they work with people known to be affected by trauma."""
    basis = LevelBasis(
        edition=current_edition().code,
        service_has_remit=True,
        worker_has_contact=True,
        closest=PracticeLevel.ENHANCED.value,
        suggested=PracticeLevel.ENHANCED.value,
    )
    for team in plan.teams:
        if team.name in plan.audited_teams:
            set_level(scope, team.id, level=PracticeLevel.ENHANCED, basis=basis, note="")


def ask_guest(scope: OrganisationScope, plan: PlannedOrganisation, today: date) -> None:
    """Make the guest a contributor, and ask them about a principle of the audit in progress, if there is one."""
    audit = next((audit for audit in list_audits(scope) if audit.state == AuditState.IN_PROGRESS), None)
    if audit is None:
        return
    person_id, *_ = guest_of(plan)
    member_id = make_id("guest's membership", plan.slug)
    row = {"organisation_id": plan.id, "id": member_id, "person_id": person_id, "role": Role.CONTRIBUTOR}
    scope.session.execute(insert(Membership), row)
    ask_somebody(
        scope,
        audit.id,
        get_member(scope, member_id),
        chosen=[current_edition().principles[0].criteria[0].code],
        note="You know our services from the other side. What do you notice?",
        due_on=today + timedelta(days=14),
        shows_ours=False,
    )

"""How long invitations, requests to join and uploaded lists of organisations are kept."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from tia_hub.core.retention import YEAR, Rule, counted, delete_rule
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.organisations import JoiningRequest, JoiningTry, OrganisationList
from tia_hub.tenants.models.uploads import StaffUpload
from tia_hub.tenants.services.uploads.keeping import forget_upload
from tia_hub.tenants.types.organisations import RequestState


def _closed(scope: OrganisationScope, before: datetime) -> ColumnElement[bool]:
    closed_at = func.coalesce(Invitation.accepted_at, Invitation.revoked_at, Invitation.expires_at)
    return and_(Invitation.organisation_id == scope.organisation_id, closed_at < before)


def _old_lists(scope: OrganisationScope, before: datetime) -> ColumnElement[bool]:
    not_forgotten = or_(StaffUpload.content.is_not(None), StaffUpload.preview != {})
    return and_(StaffUpload.organisation_id == scope.organisation_id, StaffUpload.created_at < before, not_forgotten)


def _forget_lists(scope: OrganisationScope, before: datetime) -> int:
    found = scope.session.scalars(select(StaffUpload.id).where(_old_lists(scope, before))).all()
    for upload_id in found:
        forget_upload(scope, upload_id)
    return len(found)


RULES: tuple[Rule, ...] = (
    delete_rule(
        kind="invitations",
        words="Invitations that were accepted or withdrawn, or are too old",
        days=90,
        why="So that whoever invited somebody can see what became of it.",
        scopes=(OrganisationScope,),
        bounds=(30, 365),
        model=Invitation,
        old=_closed,
    ),
    Rule(
        kind="staff_lists",
        words="What is in staff lists that were uploaded: the file, its rows, and who is not in it",
        days=7,
        why="So that a list can be looked at and imported in peace. That it was uploaded, and by whom, stays on record.",
        scopes=(OrganisationScope,),
        count=lambda scope, before: counted(scope, StaffUpload, _old_lists(scope, before)),
        remove=_forget_lists,
    ),
    delete_rule(
        kind="joining_requests",
        words="Requests to join that were decided",
        days=YEAR,
        why="So that the coordinator’s office can show how it decided.",
        scopes=(PartnershipScope,),
        model=JoiningRequest,
        old=lambda scope, before: and_(
            JoiningRequest.partnership_id == scope.partnership_id, JoiningRequest.decided_at < before
        ),
    ),
    delete_rule(
        kind="unconfirmed_requests",
        words="Requests to join whose email address was not confirmed",
        days=2,
        why="So that whoever asked has time to confirm it.",
        scopes=(PartnershipScope,),
        model=JoiningRequest,
        old=lambda scope, before: and_(
            JoiningRequest.partnership_id == scope.partnership_id,
            JoiningRequest.state == RequestState.UNCONFIRMED,
            JoiningRequest.created_at < before,
        ),
    ),
    delete_rule(
        kind="joining_tries",
        words="Network addresses that requests to join came from",
        days=1,
        why="So that nobody floods the office or a mailbox with requests.",
        scopes=(PartnershipScope,),
        model=JoiningTry,
        old=lambda scope, before: and_(JoiningTry.partnership_id == scope.partnership_id, JoiningTry.created_at < before),
    ),
    delete_rule(
        kind="organisation_lists",
        words="Spreadsheets of organisations that were uploaded",
        days=7,
        why="So that whoever uploaded one can see what became of it.",
        scopes=(PartnershipScope,),
        model=OrganisationList,
        old=lambda scope, before: and_(
            OrganisationList.partnership_id == scope.partnership_id, OrganisationList.created_at < before
        ),
    ),
)

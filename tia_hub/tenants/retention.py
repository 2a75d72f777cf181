"""How long invitations and requests to join are kept."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from tia_hub.core.retention import YEAR, Rule, counted, delete_rule
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.models import Invitation, JoiningRequest, OrganisationList, StaffUpload
from tia_hub.tenants.services.uploads.keeping import forget_upload


def _closed(scope: OrganisationScope, before: datetime) -> ColumnElement[bool]:
    closed_at = func.coalesce(Invitation.accepted_at, Invitation.revoked_at, Invitation.expires_at)
    return and_(Invitation.organisation_id == scope.organisation_id, closed_at < before)


def _uploads(scope: OrganisationScope, before: datetime) -> ColumnElement[bool]:
    return and_(
        StaffUpload.organisation_id == scope.organisation_id,
        StaffUpload.created_at < before,
        StaffUpload.content.is_not(None),
    )


def _forget_uploads(scope: OrganisationScope, before: datetime) -> int:
    old = scope.session.scalars(select(StaffUpload.id).where(_uploads(scope, before)).order_by(StaffUpload.id)).all()
    for upload_id in old:
        forget_upload(scope, upload_id)
    return len(old)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="staff_lists",
        words="Files of staff lists that were uploaded, and their rows",
        days=7,
        why="So that somebody can look at what was found before it is imported.",
        scopes=(OrganisationScope,),
        count=lambda scope, before: counted(scope, StaffUpload, _uploads(scope, before)),
        remove=_forget_uploads,
    ),
    delete_rule(
        kind="organisation_lists",
        words="Lists of organisations that a coordinator uploaded",
        days=7,
        why="So that somebody can look at what was found before it is imported.",
        scopes=(PartnershipScope,),
        model=OrganisationList,
        old=lambda scope, before: and_(
            OrganisationList.partnership_id == scope.partnership_id, OrganisationList.created_at < before
        ),
    ),
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
)

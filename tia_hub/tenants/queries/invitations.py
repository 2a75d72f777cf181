"""Reads of invitations."""

from uuid import UUID

from sqlalchemy import Select, func, or_, select

from tia_hub.core.errors import NotFound
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.scope import InvitationScope, OrganisationScope, PartnershipScope
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.queries.pages import FURTHEST, PER_PAGE, read_page
from tia_hub.tenants.types.invitations import InvitationState, Sending
from tia_hub.tenants.types.lists import Slice
from tia_hub.tenants.types.people import PeopleOrder, PeopleWanted


def _invitations(scope: PartnershipScope | OrganisationScope) -> Select[Invitation]:
    if isinstance(scope, PartnershipScope):
        return select(Invitation).where(Invitation.partnership_id == scope.partnership_id, Invitation.by_partnership.is_(True))
    return select(Invitation).where(Invitation.organisation_id == scope.organisation_id)


def list_invitations(
    scope: PartnershipScope | OrganisationScope, *, organisation_id: UUID | None = None, limit: int = 200
) -> list[Invitation]:
    """The newest invitations that this place sent or received, newest first; of one organisation alone where it is named."""
    query = _invitations(scope)
    if organisation_id is not None:
        query = query.where(Invitation.organisation_id == organisation_id)
    return list(scope.session.scalars(query.order_by(Invitation.created_at.desc(), Invitation.id).limit(limit)))


_UNDELIVERED = Email.state.in_([EmailState.FAILED, EmailState.UNCERTAIN, EmailState.WITHHELD])
_UNDER_WAY = Email.state.in_([EmailState.QUEUED, EmailState.SENDING])


def search_invitations(
    scope: OrganisationScope, *, search: str = "", page: int = 1, undelivered: bool = False
) -> Slice[tuple[Invitation, Email | None]]:
    """The organisation's invitations whose name or address holds some text, newest first, each with its last mail.

    With `undelivered` only those that can still be accepted and whose mail did not arrive, as far as is known.
    """
    page = min(max(page, 1), FURTHEST)
    query = (
        select(Invitation, Email, func.count().over())
        .outerjoin(Email, Email.id == Invitation.email_id)
        .where(Invitation.organisation_id == scope.organisation_id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    if undelivered:
        query = query.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), _UNDELIVERED)
    if search:
        query = query.where(
            or_(Invitation.name.icontains(search, autoescape=True), Invitation.email.icontains(search, autoescape=True))
        )
    rows = scope.session.execute(query).all()
    return Slice([(row[0], row[1]) for row in rows], rows[0][2] if rows else 0, page, PER_PAGE)


def count_sending(scope: OrganisationScope) -> Sending:
    """How far the mails of the open invitations are."""
    written = Invitation.token_hash.is_not(None)
    row = scope.session.execute(
        select(
            func.count().filter(~written),
            func.count().filter(written, _UNDER_WAY),
            func.count().filter(written, or_(Email.id.is_(None), Email.state == EmailState.SENT)),
            func.count().filter(written, _UNDELIVERED),
        )
        .select_from(Invitation)
        .outerjoin(Email, Email.id == Invitation.email_id)
        .where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.awaits_lead.is_(False),
        )
    ).one()
    return Sending(waiting=row[0], on_their_way=row[1], sent=row[2], failed=row[3])


def search_invited(scope: OrganisationScope, wanted: PeopleWanted) -> Slice[Invitation]:
    """A page of the invitations that are open, to people who are wanted: by name, or the newest first."""
    found = _invitations(scope).where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    if wanted.role is not None:
        found = found.where(Invitation.role == wanted.role)
    if wanted.team_ids is not None:
        found = found.where(Invitation.team_id.in_(wanted.team_ids))
    if wanted.search:
        listing = func.fold_text(Invitation.name + "\n" + Invitation.email)
        found = found.where(func.strpos(listing, func.fold_text(wanted.search)) > 0)
    newest = wanted.order is PeopleOrder.NEWEST
    order = Invitation.created_at.desc() if newest else func.fold_text(Invitation.name)
    return read_page(scope, found.order_by(order, Invitation.id), wanted.page)


def get_invitation(scope: PartnershipScope | OrganisationScope, invitation_id: UUID) -> Invitation:
    """An invitation, locked until the transaction ends, so that two can't change it at once. Raises NotFound."""
    invitation = scope.session.scalar(_invitations(scope).where(Invitation.id == invitation_id).with_for_update())
    if invitation is None:
        raise NotFound
    return invitation


def find_invitation(scope: InvitationScope) -> tuple[Invitation, Organisation] | None:
    """The invitation of the scope's token, with its organisation."""
    row = scope.session.execute(
        select(Invitation, Organisation)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.token_hash == scope.token_hash)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def find_open_invitation(scope: OrganisationScope, email: str) -> Invitation | None:
    """The organisation's invitation to an address, if it can be accepted at this moment."""
    found = scope.session.scalar(
        select(Invitation).where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    )
    return found if found is not None and found.state in (InvitationState.SENT, InvitationState.UNSENT) else None

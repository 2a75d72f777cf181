"""Reads of organisations' requests to join: from outside, and in the coordinator's office."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import IdentityScope, InvitationScope, JoiningScope, PartnershipScope
from tia_hub.tenants.models.organisations import JoiningRequest, JoiningTry, Organisation
from tia_hub.tenants.models.partnerships import Area, Partnership
from tia_hub.tenants.types.organisations import OpenPartnership, RequestState


def list_open_partnerships(scope: IdentityScope) -> list[OpenPartnership]:
    """The partnerships that organisations may ask to join by themselves, by name."""
    rows = scope.session.execute(
        select(Partnership.id, Partnership.slug, Partnership.name)
        .where(Partnership.takes_requests.is_(True))
        .order_by(Partnership.name, Partnership.id)
    )
    return [OpenPartnership(id=row.id, slug=row.slug, name=row.name) for row in rows]


def get_open_partnership(scope: IdentityScope, slug: str) -> OpenPartnership:
    """The one with this slug. Raises NotFound, also for a partnership that takes no requests."""
    row = scope.session.execute(
        select(Partnership.id, Partnership.slug, Partnership.name).where(
            Partnership.slug == slug, Partnership.takes_requests.is_(True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return OpenPartnership(id=row.id, slug=row.slug, name=row.name)


def list_areas_to_join(scope: JoiningScope) -> list[Area]:
    """The areas of the partnership, by name."""
    return list(scope.session.scalars(select(Area).where(Area.partnership_id == scope.partnership_id).order_by(Area.name)))


def count_joining_tries(
    scope: JoiningScope, *, address: str, recipient: str, address_since: datetime, since: datetime
) -> tuple[int, int, int]:
    """How many requests came since an instant: from a network address (since one of its own), to a recipient, and in all."""
    row = scope.session.execute(
        select(
            func.count().filter(JoiningTry.address == address, JoiningTry.created_at > address_since),
            func.count().filter(JoiningTry.recipient == recipient),
            func.count(),
        ).where(JoiningTry.partnership_id == scope.partnership_id, JoiningTry.created_at > since)
    ).one()
    return row[0], row[1], row[2]


def find_request(scope: InvitationScope) -> JoiningRequest | None:
    """The request of the scope's token."""
    return scope.session.scalar(select(JoiningRequest).where(JoiningRequest.token_hash == scope.token_hash))


def list_requests(scope: PartnershipScope, limit: int = 200) -> list[JoiningRequest]:
    """The newest requests whose address was confirmed, newest first."""
    return list(
        scope.session.scalars(
            select(JoiningRequest)
            .where(JoiningRequest.partnership_id == scope.partnership_id, JoiningRequest.state != RequestState.UNCONFIRMED)
            .order_by(JoiningRequest.confirmed_at.desc(), JoiningRequest.id)
            .limit(limit)
        )
    )


def count_waiting_requests(scope: PartnershipScope) -> int:
    """How many requests wait for the coordinator's office."""
    return scope.session.execute(
        select(func.count()).where(
            JoiningRequest.partnership_id == scope.partnership_id, JoiningRequest.state == RequestState.WAITING
        )
    ).scalar_one()


def get_request(scope: PartnershipScope, request_id: UUID, *, lock: bool = False) -> JoiningRequest:
    """A request whose address was confirmed; with `lock` nobody else decides on it meanwhile. Raises NotFound."""
    query = select(JoiningRequest).where(
        JoiningRequest.partnership_id == scope.partnership_id,
        JoiningRequest.id == request_id,
        JoiningRequest.state != RequestState.UNCONFIRMED,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    request = scope.session.scalar(query)
    if request is None:
        raise NotFound
    return request


def list_organisation_names(scope: PartnershipScope) -> list[str]:
    """The names of all the partnership's organisations."""
    return list(
        scope.session.scalars(
            select(Organisation.name).where(Organisation.partnership_id == scope.partnership_id).order_by(Organisation.name)
        )
    )


def takes_requests(scope: PartnershipScope) -> bool:
    """Whether organisations may ask to join by themselves."""
    return scope.session.execute(select(Partnership.takes_requests).where(Partnership.id == scope.partnership_id)).scalar_one()

"""What the registry holds on a person: that they speak for a provider, and invitations to do so."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from tia_hub.core.personal import MOST_ROWS, Fact, Holding, Subject, instant
from tia_hub.core.scope import IdentityScope, PartnershipScope
from tia_hub.trainers.models import Provider, ProviderInvitation, ProviderUser


def _offices(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Provider.name, ProviderUser.created_at)
        .join(ProviderUser, ProviderUser.provider_id == Provider.id)
        .where(ProviderUser.person_id == subject.person_id)
    )
    return [
        {"Training provider that you speak for": row.name, "Since": instant(row.created_at)}
        for row in scope.session.execute(query)
    ]


def _leave(scope: PartnershipScope, subject: Subject) -> None:
    scope.session.execute(
        delete(ProviderUser).where(
            ProviderUser.partnership_id == scope.partnership_id, ProviderUser.person_id == subject.person_id
        )
    )
    scope.session.execute(
        update(Provider)
        .where(Provider.partnership_id == scope.partnership_id, Provider.email == subject.email)
        .values(email="", version=Provider.version + 1)
    )


def _invitations(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(ProviderInvitation)
        .where(ProviderInvitation.email == subject.email)
        .order_by(ProviderInvitation.created_at.desc())
        .limit(MOST_ROWS)
    )
    return [
        {"Sent": instant(each.created_at), "To": each.email, "Accepted": instant(each.accepted_at)}
        for each in scope.session.scalars(query)
    ]


def _forget_invitations(scope: IdentityScope, subject: Subject) -> None:
    scope.session.execute(delete(ProviderInvitation).where(ProviderInvitation.email == subject.email))


HOLDINGS = (
    Holding(
        kind="provider_user",
        title="Training providers that you speak for",
        purpose="So that the registry can say who may change a provider’s entry.",
        fate="Removed.",
        scope=IdentityScope,
        columns=("provider_user.person_id",),
        collect=_offices,
    ),
    Holding(
        kind="provider_user",
        title="Training providers that you speak for",
        purpose="So that the registry can say who may change a provider’s entry.",
        fate="Removed. The provider’s address for questions goes, where it is yours.",
        scope=PartnershipScope,
        columns=("provider.email",),
        erase=_leave,
    ),
    Holding(
        kind="provider_invitations",
        title="Invitations to speak for a training provider",
        purpose="So that you could join, and nobody in your place.",
        fate="Removed.",
        rule="invitations",
        scope=IdentityScope,
        columns=("provider_invitation.email",),
        collect=_invitations,
        erase=_forget_invitations,
    ),
)

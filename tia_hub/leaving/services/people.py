"""Accounts of people whose organisation is gone."""

from uuid import UUID

from sqlalchemy import select

from tia_hub.core.db import Base
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import SYSTEM, PartnershipScope, transaction
from tia_hub.home.services.copying import find_everywhere
from tia_hub.home.services.erasing import ask_for_erasure
from tia_hub.leaving.queries import find_certificate


def let_go(office: PartnershipScope, organisation_id: UUID) -> int:
    """Have the accounts erased of those who belonged to nothing but an organisation that is gone; how many. Safe to repeat.

    They are told, and have a week in which they can keep their account, as everybody who is erased.
    """
    with transaction(PartnershipScope(partnership_id=office.partnership_id), read_only=True) as scope:
        certificate = find_certificate(scope, organisation_id)
    if certificate is None:
        return 0
    return sum(_let_go(UUID(person_id), certificate.organisation_name) for person_id in certificate.people_left)


def _let_go(person_id: UUID, organisation: str) -> bool:
    try:
        everywhere = find_everywhere(person_id)
    except NotFound:
        return False
    if everywhere.belongings or any(office.held or office.provider_id for office in everywhere.offices):
        return False
    person = Base.metadata.tables["person"]
    with transaction(everywhere.identity) as scope:
        if not scope.session.scalar(select(person.c.active).where(person.c.id == person_id)):
            return False
        ask_for_erasure(
            scope,
            why=f"{organisation} was deleted from TIA Hub, and you belong to no other organisation there.",
            by=SYSTEM,
        )
    return True

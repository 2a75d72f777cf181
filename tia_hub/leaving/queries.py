"""Exports of an organisation, and certificates of those that are gone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from tia_hub.accounts.personal import ERASED
from tia_hub.core.db import Base
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import IdentityScope, OrganisationScope, PartnershipScope
from tia_hub.leaving.models import DeletionCertificate, OrganisationExport, OrganisationExportPart


def list_exports(scope: OrganisationScope, *, limit: int = 20) -> list[OrganisationExport]:
    """The newest exports that were asked for, newest first."""
    return list(
        scope.session.scalars(
            select(OrganisationExport)
            .where(OrganisationExport.organisation_id == scope.organisation_id)
            .order_by(OrganisationExport.created_at.desc(), OrganisationExport.id)
            .limit(limit)
        )
    )


def get_export(scope: OrganisationScope, export_id: UUID) -> OrganisationExport:
    """An export of the organisation. Raises NotFound."""
    export = scope.session.scalar(
        select(OrganisationExport).where(
            OrganisationExport.organisation_id == scope.organisation_id, OrganisationExport.id == export_id
        )
    )
    if export is None:
        raise NotFound
    return export


def find_part(scope: OrganisationScope, export_id: UUID, number: int) -> bytes | None:
    """A part of an export's file, from 0; None after the last one."""
    return scope.session.scalar(
        select(OrganisationExportPart.content).where(
            OrganisationExportPart.organisation_id == scope.organisation_id,
            OrganisationExportPart.export_id == export_id,
            OrganisationExportPart.number == number,
        )
    )


def find_people(scope: IdentityScope, *, emails: Sequence[str], ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Identifiers and addresses of those who have an account here with one of some addresses or identifiers."""
    person = Base.metadata.tables["person"]
    query = select(person.c.id, person.c.email).where(or_(person.c.email.in_(emails), person.c.id.in_(ids)))
    return [(row[0], row[1]) for row in scope.session.execute(query)]


def find_erased(scope: IdentityScope, ids: Sequence[UUID]) -> list[UUID]:
    """Those of some people who were erased."""
    person = Base.metadata.tables["person"]
    query = select(person.c.id).where(person.c.id.in_(ids), person.c.name == ERASED).order_by(person.c.id)
    return list(scope.session.scalars(query))


def list_certificates(scope: PartnershipScope) -> list[DeletionCertificate]:
    """The certificates of organisations that are gone, newest first."""
    return list(
        scope.session.scalars(
            select(DeletionCertificate)
            .where(DeletionCertificate.partnership_id == scope.partnership_id)
            .order_by(DeletionCertificate.deleted_at.desc(), DeletionCertificate.id)
        )
    )


def find_certificate(scope: PartnershipScope, former_id: UUID) -> DeletionCertificate | None:
    """The certificate of an organisation that had an identifier."""
    return scope.session.scalar(
        select(DeletionCertificate).where(
            DeletionCertificate.partnership_id == scope.partnership_id, DeletionCertificate.former_id == former_id
        )
    )


def get_certificate(scope: PartnershipScope, certificate_id: UUID) -> DeletionCertificate:
    """A certificate. Raises NotFound."""
    certificate = scope.session.scalar(
        select(DeletionCertificate).where(
            DeletionCertificate.partnership_id == scope.partnership_id, DeletionCertificate.id == certificate_id
        )
    )
    if certificate is None:
        raise NotFound
    return certificate

"""Reads of staff lists that were uploaded, and of the people they are compared with."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager

from tia_hub.accounts.models import Person
from tia_hub.core.errors import NotFound
from tia_hub.core.jobs.models import Job
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.models.uploads import StaffUpload, StaffUploadLeaver, StaffUploadRow
from tia_hub.tenants.queries.pages import read_page
from tia_hub.tenants.types.lists import Slice
from tia_hub.tenants.types.uploads import RowOutcome, RowVerdict

LATEST = 20
"""Uploads that are listed."""


@dataclass(frozen=True)
class Leaver:
    """Somebody who may have left."""

    member: Membership
    """With its `person`."""
    marked: bool
    """Whether the list says that they leave."""
    reports: int
    """How many people they manage."""


def list_uploads(scope: OrganisationScope) -> list[StaffUpload]:
    """The latest staff lists, newest first."""
    return list(
        scope.session.scalars(
            select(StaffUpload)
            .where(StaffUpload.organisation_id == scope.organisation_id)
            .order_by(StaffUpload.created_at.desc(), StaffUpload.id)
            .limit(LATEST)
        )
    )


def get_upload(scope: OrganisationScope, upload_id: UUID) -> tuple[StaffUpload, Job | None]:
    """A staff list and the job that works on it. Raises NotFound."""
    row = scope.session.execute(
        select(StaffUpload, Job)
        .outerjoin(Job, (Job.id == StaffUpload.job_id) & (Job.home_id == StaffUpload.organisation_id))
        .where(StaffUpload.organisation_id == scope.organisation_id, StaffUpload.id == upload_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def hold_upload(scope: OrganisationScope, upload_id: UUID) -> StaffUpload:
    """A staff list, locked until the transaction ends, so that two clicks follow one another. Raises NotFound."""
    upload = scope.session.scalar(
        select(StaffUpload)
        .where(StaffUpload.organisation_id == scope.organisation_id, StaffUpload.id == upload_id)
        .with_for_update()
    )
    if upload is None:
        raise NotFound
    return upload


def find_upload_of(scope: OrganisationScope, token: str) -> UUID | None:
    """The staff list that a form has sent already."""
    return scope.session.scalar(
        select(StaffUpload.id).where(StaffUpload.organisation_id == scope.organisation_id, StaffUpload.token == token)
    )


def get_content(scope: OrganisationScope, upload_id: UUID) -> bytes | None:
    """The file of a staff list; None where it is forgotten."""
    return scope.session.scalar(
        select(StaffUpload.content).where(StaffUpload.organisation_id == scope.organisation_id, StaffUpload.id == upload_id)
    )


def _rows(scope: OrganisationScope, upload_id: UUID, verdict: RowVerdict) -> Select[StaffUploadRow]:
    return select(StaffUploadRow).where(
        StaffUploadRow.organisation_id == scope.organisation_id,
        StaffUploadRow.upload_id == upload_id,
        StaffUploadRow.verdict == verdict,
    )


def read_rows(scope: OrganisationScope, upload_id: UUID, verdict: RowVerdict, page: int) -> Slice[StaffUploadRow]:
    """One page of the rows with a verdict, in the order of the file."""
    return read_page(scope, _rows(scope, upload_id, verdict).order_by(StaffUploadRow.number), page)


def read_refused(scope: OrganisationScope, upload_id: UUID) -> list[StaffUploadRow]:
    """The first hundred rows that were good and could not be imported all the same."""
    query = select(StaffUploadRow).where(
        StaffUploadRow.organisation_id == scope.organisation_id,
        StaffUploadRow.upload_id == upload_id,
        StaffUploadRow.outcome == RowOutcome.REFUSED,
    )
    return list(scope.session.scalars(query.order_by(StaffUploadRow.number).limit(100)))


def iterate_faulty(scope: OrganisationScope, upload_id: UUID) -> Iterator[StaffUploadRow]:
    """All rows at fault, in the order of the file, a few at a time."""
    query = _rows(scope, upload_id, RowVerdict.FAULTY).order_by(StaffUploadRow.number)
    return iter(scope.session.scalars(query.execution_options(yield_per=500)))


def next_rows(scope: OrganisationScope, upload_id: UUID, verdict: RowVerdict, limit: int) -> list[StaffUploadRow]:
    """The next rows to be imported, locked: whoever comes second finds them done."""
    query = (
        _rows(scope, upload_id, verdict)
        .where(StaffUploadRow.outcome.is_(None))
        .order_by(StaffUploadRow.step, StaffUploadRow.number)
        .limit(limit)
        .with_for_update()
    )
    return list(scope.session.scalars(query))


def count_outcomes(scope: OrganisationScope, upload_id: UUID) -> dict[str, int]:
    """How many rows came to what."""
    rows = scope.session.execute(
        select(StaffUploadRow.outcome, func.count())
        .where(
            StaffUploadRow.organisation_id == scope.organisation_id,
            StaffUploadRow.upload_id == upload_id,
            StaffUploadRow.outcome.is_not(None),
        )
        .group_by(StaffUploadRow.outcome)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _leavers(scope: OrganisationScope, upload_id: UUID, but: Collection[UUID]) -> Select[Any]:
    report = aliased(Membership)
    reports = (
        select(func.count())
        .where(
            report.organisation_id == Membership.organisation_id,
            report.manager_id == Membership.id,
            report.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(Membership, StaffUploadLeaver.marked, reports)
        .join(
            StaffUploadLeaver,
            (StaffUploadLeaver.organisation_id == Membership.organisation_id)
            & (StaffUploadLeaver.membership_id == Membership.id),
        )
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(
            Membership.organisation_id == scope.organisation_id,
            Membership.ended_at.is_(None),
            StaffUploadLeaver.upload_id == upload_id,
            Person.id.not_in(but),
        )
        .order_by(StaffUploadLeaver.marked.desc(), Person.name, Membership.id)
    )


def list_leavers(scope: OrganisationScope, upload_id: UUID, *, but: Collection[UUID], limit: int) -> list[Leaver]:
    """Present members who are not in a staff list, or are marked in it (who come first), but for some people."""
    rows = scope.session.execute(_leavers(scope, upload_id, but).limit(limit))
    return [Leaver(member=row[0], marked=row[1], reports=row[2]) for row in rows]


def count_leavers(scope: OrganisationScope, upload_id: UUID, *, but: Collection[UUID]) -> int:
    """How many leavers there are still."""
    found = _leavers(scope, upload_id, but).order_by(None).with_only_columns(Membership.id, maintain_column_froms=True)
    return scope.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()


def list_present(scope: OrganisationScope) -> list[Any]:
    """Of every present member: membership, address, name, role, job title, team, the manager's address, that of one who has not
    joined, since when."""
    manager, boss = aliased(Membership), aliased(Person)
    return list(
        scope.session.execute(
            select(
                Membership.id,
                Person.email,
                Person.name,
                Membership.role,
                Membership.job_title,
                Membership.team_id,
                boss.email,
                Membership.awaited_manager,
                Membership.created_at,
            )
            .join(Person, Person.id == Membership.person_id)
            .outerjoin(
                manager,
                (manager.organisation_id == Membership.organisation_id) & (manager.id == Membership.manager_id),
            )
            .outerjoin(boss, boss.id == manager.person_id)
            .where(Membership.organisation_id == scope.organisation_id, Membership.ended_at.is_(None))
            .order_by(Person.name, Membership.id)
        )
    )


def list_open_invitations(scope: OrganisationScope) -> list[Any]:
    """Of every invitation that was neither accepted nor withdrawn: address, name, role, job title, team, manager's address."""
    return list(
        scope.session.execute(
            select(
                Invitation.email,
                Invitation.name,
                Invitation.role,
                Invitation.job_title,
                Invitation.team_id,
                func.coalesce(Invitation.manager_email, Person.email),
            )
            .outerjoin(
                Membership,
                (Membership.organisation_id == Invitation.organisation_id) & (Membership.id == Invitation.manager_id),
            )
            .outerjoin(Person, Person.id == Membership.person_id)
            .where(
                Invitation.organisation_id == scope.organisation_id,
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .order_by(Invitation.email)
        )
    )


def find_memberships(scope: OrganisationScope, emails: Collection[str]) -> dict[str, UUID]:
    """The memberships of present members by some of their addresses."""
    rows = scope.session.execute(
        select(Person.email, Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == scope.organisation_id,
            Membership.ended_at.is_(None),
            Person.email.in_(emails),
        )
    )
    return {row[0]: row[1] for row in rows}

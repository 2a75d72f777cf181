"""What organisations and offices hold on a person: memberships, offices, invitations."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from tia_hub.accounts.models import Person
from tia_hub.core.personal import MOST_ROWS, STEAD, Fact, Holding, Subject, instant, replace_names
from tia_hub.core.scope import IdentityScope, OrganisationScope, PartnershipScope
from tia_hub.tenants.models.invitations import Invitation, JoiningLink
from tia_hub.tenants.models.organisations import JoiningRequest
from tia_hub.tenants.models.partnerships import Coordinator, Partnership
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.models.sign_in import OrganisationDomain, VouchedPerson
from tia_hub.tenants.models.uploads import StaffUpload, StaffUploadRow
from tia_hub.tenants.types.roles import COORDINATOR_WORDS, Role


def _membership(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Membership, Team.name)
        .join(Team, (Team.organisation_id == Membership.organisation_id) & (Team.id == Membership.team_id), isouter=True)
        .where(Membership.organisation_id == scope.organisation_id, Membership.person_id == subject.person_id)
    )
    facts: list[Fact] = []
    for member, team in scope.session.execute(query):
        manager = (
            scope.session.scalar(
                select(Person.name)
                .join(Membership, Membership.person_id == Person.id)
                .where(Membership.id == member.manager_id)
            )
            if member.manager_id
            else None
        )
        facts.append(
            {
                "Role": Role(member.role).words,
                "Job title": member.job_title,
                "Team": team or "",
                "Line manager": manager or "",
                "Since": instant(member.created_at),
                "Until": instant(member.ended_at),
            }
        )
    return facts


def _leave(scope: OrganisationScope, subject: Subject) -> None:
    scope.session.execute(
        update(Membership)
        .where(Membership.organisation_id == scope.organisation_id, Membership.person_id == subject.person_id)
        .values(job_title="", ended_at=func.coalesce(Membership.ended_at, func.now()))
    )
    mine = select(Membership.id).where(
        Membership.organisation_id == scope.organisation_id, Membership.person_id == subject.person_id
    )
    scope.session.execute(
        update(Membership)
        .where(Membership.organisation_id == scope.organisation_id, Membership.manager_id.in_(mine))
        .values(manager_id=None)
    )


def _offices(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Partnership.name, Coordinator.created_at)
        .join(Coordinator, Coordinator.partnership_id == Partnership.id)
        .where(Coordinator.person_id == subject.person_id)
    )
    return [
        {"Partnership": row.name, "Office": COORDINATOR_WORDS, "Since": instant(row.created_at)}
        for row in scope.session.execute(query)
    ]


def _leave_office(scope: PartnershipScope, subject: Subject) -> None:
    scope.session.execute(
        delete(Coordinator).where(
            Coordinator.partnership_id == scope.partnership_id, Coordinator.person_id == subject.person_id
        )
    )
    scope.session.execute(
        update(OrganisationDomain)
        .where(OrganisationDomain.partnership_id == scope.partnership_id, OrganisationDomain.confirmed_by == subject.person_id)
        .values(confirmed_by=None)
    )


def _invitations(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = select(Invitation).where(Invitation.email == subject.email).order_by(Invitation.created_at.desc()).limit(MOST_ROWS)
    return [
        {
            "Sent": instant(invitation.created_at),
            "Name": invitation.name,
            "To": invitation.email,
            "As": Role(invitation.role).words,
            "State": invitation.state.words,
        }
        for invitation in scope.session.scalars(query)
    ]


def _forget_invitations(scope: IdentityScope, subject: Subject) -> None:
    scope.session.execute(delete(Invitation).where(Invitation.email == subject.email))


def _requests(scope: PartnershipScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(JoiningRequest)
        .where(JoiningRequest.partnership_id == scope.partnership_id, JoiningRequest.asker_email.in_(subject.emails))
        .order_by(JoiningRequest.created_at.desc())
        .limit(MOST_ROWS)
    )
    return [
        {
            "Sent": instant(request.created_at),
            "Organisation": request.name,
            "Your name": request.asker_name,
            "Your job": request.asker_job,
            "Your address": request.asker_email,
            "Why": request.why,
            "What was asked": request.question,
            "Your answer": request.answer,
            "Decided": instant(request.decided_at),
            "Reason": request.reason,
        }
        for request in scope.session.scalars(query)
    ]


def _forget_requests(scope: PartnershipScope, subject: Subject) -> None:
    scope.session.execute(
        update(JoiningRequest)
        .where(JoiningRequest.partnership_id == scope.partnership_id, JoiningRequest.asker_email.in_(subject.emails))
        .values(asker_name=STEAD, asker_email="", asker_job="")
    )
    replace_names(scope.session, subject, JoiningRequest.decided_by)


def _vouched(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(VouchedPerson)
        .where(VouchedPerson.organisation_id == scope.organisation_id, VouchedPerson.person_id == subject.person_id)
        .order_by(VouchedPerson.created_at)
    )
    return [
        {"Sign-in": each.issuer, "Who you are there": each.subject, "Since": instant(each.created_at)}
        for each in scope.session.scalars(query)
    ]


def _forget_vouched(scope: OrganisationScope, subject: Subject) -> None:
    scope.session.execute(
        delete(VouchedPerson).where(
            VouchedPerson.organisation_id == scope.organisation_id, VouchedPerson.person_id == subject.person_id
        )
    )


def _forget_levels(scope: OrganisationScope, subject: Subject) -> None:
    replace_names(scope.session, subject, Team.level_set_by)


def _forget_inviting(scope: OrganisationScope, subject: Subject) -> None:
    replace_names(scope.session, subject, Invitation.invited_by, JoiningLink.made_by)
    for column in (Invitation.manager_email, Membership.awaited_manager):
        scope.session.execute(
            update(column.class_)
            .where(column.class_.organisation_id == scope.organisation_id, column.in_(subject.emails))
            .values({column: None})
        )
    # Those to the present address go wherever they came from; those to an earlier one, from where they led.
    scope.session.execute(
        delete(Invitation).where(
            Invitation.organisation_id == scope.organisation_id, Invitation.email.in_(subject.former_emails)
        )
    )


def _forget_uploads(scope: OrganisationScope, subject: Subject) -> None:
    for person, name in (
        (StaffUpload.uploaded_by, StaffUpload.uploaded_by_name),
        (StaffUpload.decided_by, StaffUpload.decided_by_name),
    ):
        scope.session.execute(
            update(StaffUpload)
            .where(StaffUpload.organisation_id == scope.organisation_id, person == subject.person_id)
            .values({name: STEAD})
        )
    scope.session.execute(
        delete(StaffUploadRow).where(
            StaffUploadRow.organisation_id == scope.organisation_id, StaffUploadRow.email.in_(subject.emails)
        )
    )


HOLDINGS = (
    Holding(
        kind="inviting",
        title="Invitations that you sent, and people who wait for you as their manager",
        purpose="So that who is invited knows by whom, and you manage who is to be managed by you.",
        fate="Stay, without your name and your address.",
        scope=OrganisationScope,
        columns=(
            "invitation.invited_by",
            "invitation.manager_email",
            "joining_link.made_by",
            "membership.awaited_manager",
        ),
        erase=_forget_inviting,
    ),
    Holding(
        kind="staff_lists",
        title="Staff lists that you uploaded, and your row in such lists",
        purpose="So that an organisation can bring its staff in.",
        fate="Your row is removed. The upload stays without your name; the file itself is gone within a week anyway.",
        rule="staff_lists",
        scope=OrganisationScope,
        columns=(
            "staff_upload.uploaded_by",
            "staff_upload.uploaded_by_name",
            "staff_upload.decided_by",
            "staff_upload.decided_by_name",
            "staff_upload_row.email",
        ),
        erase=_forget_uploads,
    ),
    Holding(
        kind="joining",
        title="Your request that an organisation may join",
        purpose="So that the coordinator can decide on it, and ask you.",
        fate="Stays, as it is the partnership’s, without your name, your job and your address.",
        rule="joining_requests",
        scope=PartnershipScope,
        columns=("joining_request.asker_email", "joining_request.decided_by"),
        collect=_requests,
        erase=_forget_requests,
    ),
    Holding(
        kind="teams",
        title="Levels that you set for teams",
        purpose="So that colleagues know whom to ask.",
        fate="Stay, without your name.",
        scope=OrganisationScope,
        columns=("team.level_set_by",),
        erase=_forget_levels,
    ),
    Holding(
        kind="vouched",
        title="Who you are at your organisation’s own sign-in",
        purpose="So that it lets in you, and nobody who is given your address after you.",
        fate="Removed.",
        scope=OrganisationScope,
        columns=("vouched_person.person_id", "vouched_person.subject"),
        collect=_vouched,
        erase=_forget_vouched,
    ),
    Holding(
        kind="membership",
        title="Your membership",
        purpose="So that your organisation can say who may do what, and who manages whom.",
        fate="Stays as that of a former member, without a name, an address or a job title, so that counts stay true.",
        scope=OrganisationScope,
        columns=("membership.person_id", "membership.job_title"),
        collect=_membership,
        erase=_leave,
    ),
    Holding(
        kind="office",
        title="Your place in a coordinator’s office",
        purpose="So that the partnership can say who coordinates it.",
        fate="Removed.",
        scope=IdentityScope,
        columns=("coordinator.person_id",),
        collect=_offices,
    ),
    Holding(
        kind="office",
        title="Your place in a coordinator’s office",
        purpose="So that the partnership can say who coordinates it.",
        fate="Removed.",
        scope=PartnershipScope,
        columns=("coordinator.person_id", "organisation_domain.confirmed_by"),
        erase=_leave_office,
    ),
    Holding(
        kind="invitations",
        title="Invitations to your address",
        purpose="So that you could join, and nobody in your place.",
        fate="Removed.",
        rule="invitations",
        scope=IdentityScope,
        columns=("invitation.email", "invitation.name", "invitation.job_title"),
        collect=_invitations,
        erase=_forget_invitations,
    ),
)

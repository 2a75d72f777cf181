"""My work: what waits for a person in an organisation, and what is under way there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import url_for

from tia_hub.audits.models import Audit
from tia_hub.audits.types import Asked, AuditState, Disclosure, Rating
from tia_hub.core.clock import format_date
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition
from tia_hub.home.presenters.items import Fact, Item, plural
from tia_hub.outcomes.types import IndicatorSummary
from tia_hub.reports.models import Publication
from tia_hub.tenants.types.invitations import Joining
from tia_hub.training.models import SelfAssessment
from tia_hub.training.types import FormState


@dataclass(kw_only=True)
class Work:
    """The page: what waits, what is with others, and facts of the organisation."""

    waiting: list[Item] = field(default_factory=list)
    resting: list[Item] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def add_own_form(work: Work, scope: OrganisationScope, form: SelfAssessment | None) -> None:
    """The person's own self-assessment: among what waits where it is their turn, otherwise among what rests."""
    mine = url_for("training.mine", organisation=scope.slug)
    if form is None:
        work.waiting.append(
            Item(
                title="Begin your self-assessment",
                href=mine,
                hint="Find the practice level of your role, and what you would like to develop. Only you see it until you "
                "share it, and you can stop and go on at any time",
                status="Not started",
                colour="teal",
            )
        )
    elif form.state == FormState.DRAFT:
        work.waiting.append(
            Item(
                title="Go on with your self-assessment",
                href=mine,
                hint="Only you can see it. When you are ready, share it with your manager",
                status="Draft",
                colour="grey",
            )
        )
    elif form.state == FormState.AGREED:
        agreed = f"Agreed on {format_date(form.agreed_at)}" if form.agreed_at else "Agreed"
        work.resting.append(Item(title="Your self-assessment", href=mine, status=agreed, colour="green"))
    elif form.worker_confirmed_at:
        hint = "You confirmed the plans. They are agreed once your manager confirms them too"
        work.resting.append(Item(title="Your self-assessment", href=mine, hint=hint, status="With your manager"))
    elif form.manager_confirmed_at:
        work.waiting.append(
            Item(
                title="Read and confirm your plans",
                href=mine,
                hint="Your manager confirmed the plans of your self-assessment. They are agreed once you confirm them too",
                status="Your turn",
                colour="amber",
            )
        )
    else:
        work.waiting.append(
            Item(
                title="Talk about your self-assessment",
                href=mine,
                hint="You shared it with your manager. Talk about it, and write the two plans together",
                status="Shared",
                colour="teal",
            )
        )


def add_notices(work: Work, count: int) -> None:
    """What the person was told and has not read."""
    if count:
        work.waiting.append(
            Item(
                title=f"Read {plural(count, 'new notice', 'new notices')}",
                href=url_for("notices.index"),
                hint="What you were told in your places",
                status="New",
                colour="teal",
            )
        )


def add_requests(work: Work, scope: OrganisationScope, requests: Sequence[Asked]) -> None:
    """What the person was asked about audits: among what waits while an answer can be written."""
    for each in requests:
        href = url_for("audits.asked", organisation=scope.slug, asked_id=each.request_id)
        status = f"{each.answered} of {each.criteria} answered"
        if each.open:
            hint = f"By {format_date(each.due_on)}" if each.due_on else "As much or as little as you like"
            colour = "grey" if each.answered == each.criteria else "teal"
            work.waiting.append(
                Item(title=f"Give your view on “{each.audit_title}”", href=href, hint=hint, status=status, colour=colour)
            )
        else:
            status = "Withdrawn" if each.withdrawn else "Submitted"
            work.resting.append(Item(title=f"Your view on “{each.audit_title}”", href=href, status=status, colour="grey"))


def add_shared_forms(work: Work, scope: OrganisationScope, forms: Sequence[SelfAssessment], names: Mapping[UUID, str]) -> None:
    """The self-assessments that people share with this manager, where it is the manager's turn."""
    for form in forms:
        if form.state != FormState.SHARED or form.manager_confirmed_at:
            continue
        confirm = form.worker_confirmed_at is not None
        name = names[form.membership_id]
        work.waiting.append(
            Item(
                title=f"Confirm the plans with {name}" if confirm else f"Talk with {name} about their self-assessment",
                href=url_for("training.show", organisation=scope.slug, form_id=form.id),
                hint=f"{name} confirmed the plans. Read them and confirm them too, or change them"
                if confirm
                else "Read it first, then write the two plans together",
                status="Your turn" if confirm else "Shared with you",
                colour="amber" if confirm else "teal",
            )
        )


def add_audits(
    work: Work,
    scope: OrganisationScope,
    audits: Sequence[Audit],
    open_ratings: Mapping[UUID, Mapping[str, Rating | None]],
) -> None:
    """For a lead: the audits in progress with what their sections still need, and where the last one stands."""
    for audit in audits:
        if audit.state == AuditState.IN_PROGRESS:
            work.waiting.append(_open_audit(scope, audit, open_ratings.get(audit.id, {})))
    submitted = [(audit.submitted_at, audit) for audit in audits if audit.submitted_at and audit.state == AuditState.SUBMITTED]
    if submitted:
        submitted_at, last = max(submitted, key=lambda pair: pair[0])
        shared = last.disclosure == Disclosure.SHARED
        work.facts.append(
            Fact(
                key="Last audit",
                value=f"{_name(last)}, submitted on {format_date(submitted_at)}. "
                + ("Shared with the coordinator" if shared else "Only your organisation sees it"),
                href=url_for("audits.show", organisation=scope.slug, audit_id=last.id),
                text="Read",
            )
        )


def _name(audit: Audit) -> str:
    return f"{audit.title} ({audit.team_name})" if audit.team_name else audit.title


def _open_audit(scope: OrganisationScope, audit: Audit, ratings: Mapping[str, Rating | None]) -> Item:
    edition = get_edition(audit.edition)
    needs = []
    for principle in edition.principles:
        unrated = sum(ratings.get(criterion.code) is None for criterion in principle.criteria)
        if unrated:
            needs.append(f"{principle.title}: {unrated} of {len(principle.criteria)} to rate")
    total = len(edition.criteria)
    rated = sum(ratings.get(criterion.code) is not None for criterion in edition.criteria)
    return Item(
        title=f"Go on with {_name(audit)}",
        href=url_for("audits.show", organisation=scope.slug, audit_id=audit.id),
        hint=". ".join(needs) if needs else "Every criterion is rated. Read it through, and submit it",
        status=f"{rated} of {total} rated",
        colour="teal",
    )


def add_scores(work: Work, scope: OrganisationScope, drafts: Sequence[tuple[UUID, str]]) -> None:
    """For a lead: courses whose score was begun and not finished."""
    for course_id, title in drafts:
        work.waiting.append(
            Item(
                title=f"Finish your score of {title}",
                href=url_for("trainers.score", organisation=scope.slug, course_id=course_id),
                hint="Nobody outside your organisation sees it until you finish it",
                status="Draft",
                colour="grey",
            )
        )


def add_outcomes(work: Work, scope: OrganisationScope, indicators: IndicatorSummary) -> None:
    """For a lead: indicators that wait for a reading."""
    late = indicators.late
    address = url_for("outcomes.index", organisation=scope.slug)
    if late:
        work.waiting.append(
            Item(
                title=f"Record readings of {plural(len(late), 'indicator', 'indicators')}",
                href=address,
                hint="; ".join(late[:3]) + (f"; and {len(late) - 3} more" if len(late) > 3 else ""),
                status="Due",
                colour="amber",
            )
        )
    words = "No indicators yet"
    if indicators.total:
        words = f"{plural(indicators.total, 'indicator', 'indicators')}, {indicators.shared} shared with the coordinator"
    work.facts.append(Fact(key="Outcomes", value=words, href=address, text="See"))


def add_publication(work: Work, scope: OrganisationScope, publication: Publication | None, *, shared: bool) -> None:
    """For a lead: what the coordinator sees by now; `shared` is whether anything was shared."""
    words = "Nothing yet. You decide, piece by piece, what is shared"
    if publication is not None and publication.version > 0 and publication.published_at is not None:
        words = f"Your figures as of {format_date(publication.published_at)}"
    elif shared:
        words = "Your figures are being put together"
    address = url_for("reports.publication", organisation=scope.slug)
    work.facts.append(Fact(key="What is shared", value=words, href=address, text="See"))


def add_joining(work: Work, scope: OrganisationScope, joining: Joining) -> None:
    """For a lead: how many people are here, who was invited and has not joined, and whom to confirm as a further lead."""
    if joining.to_confirm:
        work.waiting.append(
            Item(
                title=f"Confirm {plural(joining.to_confirm, 'new lead', 'new leads')}",
                href=url_for("tenants.invitations", organisation=scope.slug),
                hint="The coordinator’s office would like to invite somebody as a lead beside you. Nothing is sent until a "
                "lead confirms it",
                status="Your turn",
                colour="amber",
            )
        )
    if joining.expired:
        work.waiting.append(
            Item(
                title=f"Send {plural(joining.expired, 'invitation', 'invitations')} again",
                href=url_for("tenants.invitations", organisation=scope.slug),
                hint="Nobody accepted in time. You can send an invitation again, or withdraw it",
                status="Run out",
                colour="amber",
            )
        )
    if joining.invited:
        work.resting.append(
            Item(
                title=f"{plural(joining.invited, 'person has', 'people have')} not accepted your invitation yet",
                href=url_for("tenants.invitations", organisation=scope.slug),
                status="Invited",
            )
        )
    address = url_for("tenants.people", organisation=scope.slug)
    words = plural(joining.members, "person", "people")
    work.facts.append(Fact(key="People", value=words, href=address, text="See"))

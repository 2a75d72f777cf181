"""First steps: what somebody who is new does first in their role, computed from what there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope
from tia_hub.home.presenters.items import Item, plural, step
from tia_hub.tenants.types.organisations import Beginnings
from tia_hub.training.models import SelfAssessment
from tia_hub.training.types import FormState

BRIEF = 3
"""Steps that "My work" shows of those that are left."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step; an optional one is not waited for."""

    item: Item
    done: bool
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class FirstSteps:
    """The steps of a member, all of them in order."""

    steps: Sequence[Step]
    dismissed: bool
    """Whether the member put them away from "My work"."""

    @property
    def items(self) -> list[Item]:
        """All of them, as a task list takes them."""
        return [each.item for each in self.steps]

    @property
    def total(self) -> int:
        """How many there are, without those that are optional."""
        return sum(not each.optional for each in self.steps)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(each.done for each in self.steps if not each.optional)

    @property
    def brief(self) -> list[Item]:
        """What "My work" shows: the next ones, and nothing once all are done or they were put away."""
        if self.dismissed or self.done == self.total:
            return []
        return [each.item for each in self.steps if not each.done and not each.optional][:BRIEF]


def _step(title: str, href: str, hint: str, *, done: bool, optional: bool = False) -> Step:
    item = step(title, href, hint, done=done)
    if optional and not done:
        item = Item(title=title, href=href, hint=hint, status="If you like")
    return Step(item=item, done=done, optional=optional)


def make_first_steps(
    scope: OrganisationScope,
    beginnings: Beginnings,
    *,
    own: SelfAssessment | None,
    others: Sequence[SelfAssessment],
    has_audits: bool,
    shared: bool,
) -> FirstSteps:
    """The steps of the acting member: a lead's where they lead, a manager's where others can share their forms with them."""
    if scope.may(Permission.AUDIT_WRITE):
        steps = _of_lead(scope, beginnings, has_audits=has_audits, shared=shared, own=own)
    else:
        steps = _of_worker(scope, beginnings, own)
        if scope.may(Permission.ASSESSMENT_MANAGE):
            steps += _of_manager(scope, beginnings, others)
    return FirstSteps(steps=steps, dismissed=beginnings.dismissed)


def _of_lead(
    scope: OrganisationScope,
    beginnings: Beginnings,
    *,
    has_audits: bool,
    shared: bool,
    own: SelfAssessment | None,
) -> list[Step]:
    def to(endpoint: str) -> str:
        return url_for(endpoint, organisation=scope.slug)

    joining = beginnings.joining
    has_people = joining.members > 1 or joining.invited > 0
    managed = joining.members > 1 and beginnings.unmanaged == 0
    without = f". {plural(beginnings.unmanaged, 'person has', 'people have')} none yet" if beginnings.unmanaged else ""
    return [
        _step(
            "Check your organisation’s entry",
            to("tenants.own_organisation"),
            "Its name, sector, areas and number of staff are in the region’s reports. They were entered before you joined",
            done=beginnings.entry_checked,
        ),
        _step(
            "Add your logo",
            to("tenants.edit_logo"),
            "Everybody in your organisation sees at a glance where they are",
            done=scope.logo is not None,
            optional=True,
        ),
        _step(
            "Make your teams",
            to("tenants.teams"),
            "Then you can say who belongs where, and audit one team by itself",
            done=beginnings.teams > 0,
        ),
        _step(
            "Invite your colleagues",
            to("tenants.people" if has_people else "tenants.invite"),
            "They get an email with a link. Only they can write their own self-assessment",
            done=has_people,
        ),
        _step(
            "Say who manages whom",
            to("tenants.people"),
            f"People share their self-assessment with their line manager, and with nobody else{without}",
            done=managed,
        ),
        _step(
            "Start your first audit",
            to("audits.index" if has_audits else "audits.start"),
            "See where your organisation is on its journey. You can stop and go on, and only your organisation sees it",
            done=has_audits,
        ),
        _step(
            "Begin your own self-assessment",
            to("training.mine"),
            "You have a role and training needs too, and you learn what your colleagues are asked",
            done=own is not None,
        ),
        _step(
            "Share an audit with the coordinator",
            to("audits.index"),
            "Once it is submitted, and only if you choose to. You see first what they will see",
            done=shared,
        ),
    ]


def _of_worker(scope: OrganisationScope, beginnings: Beginnings, own: SelfAssessment | None) -> list[Step]:
    mine = url_for("training.mine", organisation=scope.slug)
    manager = (
        "Your self-assessment can be shared with them, and with nobody else"
        if beginnings.has_manager
        else "Your organisation’s lead enters it. Without one you can write your self-assessment, but share it with nobody"
    )
    return [
        _step(
            "Begin your self-assessment",
            mine,
            "Find the practice level of your role, and what you would like to develop. Only you see it until you share it",
            done=own is not None,
        ),
        _step("Have a line manager here", "", manager, done=beginnings.has_manager),
        _step(
            "Share it with your manager",
            mine,
            "When you are ready. Then you talk about it, and write two plans together",
            done=own is not None and own.state != FormState.DRAFT,
        ),
        _step(
            "Agree your plans",
            mine,
            "What you learn, and what support you get for it. Both of you confirm them",
            done=own is not None and own.state == FormState.AGREED,
        ),
    ]


def _of_manager(scope: OrganisationScope, beginnings: Beginnings, others: Sequence[SelfAssessment]) -> list[Step]:
    team = url_for("training.team", organisation=scope.slug)
    return [
        _step(
            "Know whom you manage here",
            team,
            "Your organisation’s lead enters it. Each of them can share their self-assessment with you"
            + (f": {plural(beginnings.managed_by_me, 'person', 'people')} so far" if beginnings.managed_by_me else ""),
            done=beginnings.managed_by_me > 0,
        ),
        _step(
            "Agree plans with somebody you manage",
            team,
            "They share first, whenever they are ready. You read it, talk, and write the two plans together",
            done=any(form.state == FormState.AGREED for form in others),
        ),
    ]


def own_form(scope: OrganisationScope, forms: Sequence[SelfAssessment]) -> SelfAssessment | None:
    """The acting member's own self-assessment among those that they can read."""
    mine: UUID | None = scope.membership_id
    return next((form for form in forms if form.membership_id == mine), None)

"""The life of organisations: suspended, active again, archived, and deleted after a time in which its leads can stop it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from tia_hub.core.clock import LONDON, format_date, now
from tia_hub.core.errors import Refused
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.services import link, post
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.queries.contacts import list_leads, list_office
from tia_hub.tenants.queries.lifecycle import lock_organisation
from tia_hub.tenants.types.organisations import Contact, OrganisationState, Step

REMINDERS = (7, 1)
"""Days before the deletion on which everybody concerned is reminded."""
REMINDED_AT = time(8)

DONE = {
    Step.SUSPEND: "Suspended",
    Step.REACTIVATE: "Made active again",
    Step.ARCHIVE: "Archived",
    Step.DELETE: "Asked for the deletion of",
    Step.KEEP: "Stopped the deletion of",
}

Scope = OrganisationScope | PartnershipScope


class WrongName(Refused):
    """The name that was typed is not that of the organisation."""


def _take(scope: Scope, organisation_id: UUID, step: Step, *, reason: str = "", closing_on: date | None = None) -> Organisation:
    organisation = lock_organisation(scope, organisation_id)
    after = organisation.life.after(step)
    if after is None:
        state = organisation.life.state.words.lower()
        raise Refused(f"{organisation.name} is {state}, so that this can’t be done. Nothing was changed.")
    organisation.state = after.state
    organisation.resumes_as = after.resumes_as
    organisation.state_changed_at = now()
    organisation.closing_on = closing_on
    organisation.closing_by_partnership = closing_on is not None and isinstance(scope, PartnershipScope)
    if isinstance(scope, PartnershipScope) and step is not Step.KEEP:
        organisation.state_contact = _contact(scope)
    if step not in (Step.DELETE, Step.KEEP):
        organisation.state_reason = reason
    record(
        scope,
        f"organisation.{step.value}",
        f"{DONE[step]} {organisation.name}"
        + (f", to be deleted on {format_date(closing_on)}" if closing_on else "")
        + (f": {reason}" if reason else ""),
        target_id=organisation.id,
    )
    return organisation


def _contact(scope: PartnershipScope) -> str:
    """Who does this in the coordinator's office, for members who want to ask."""
    return next((f"{each.name}, {each.email}" for each in list_office(scope) if each.person_id == scope.actor.person_id), "")


def change_state(scope: PartnershipScope, organisation_id: UUID, step: Step, *, reason: str = "") -> Organisation:
    """Suspend, archive or reactivate an organisation; its leads are told. Raises NotFound, and Refused for an illegal step."""
    if step not in (Step.SUSPEND, Step.ARCHIVE, Step.REACTIVATE):
        raise Refused("This is asked for on a page of its own.")
    organisation = _take(scope, organisation_id, step, reason=reason)
    words = {
        Step.SUSPEND: "Nobody can open it until it is made active again. Nothing in it is lost.",
        Step.ARCHIVE: "You and the other leads can still read it and take away what is in it. Nothing can be changed.",
        Step.REACTIVATE: "Everybody in it can work in it as before.",
    }[step]
    state = "active again" if step is Step.REACTIVATE else organisation.life.state.words.lower()
    _tell(
        scope,
        organisation,
        list_leads(scope, organisation.id),
        subject=f"{organisation.name} is {state} on TIA Hub",
        words=[f"The coordinator of your partnership says: {organisation.name} is {state}. {words}"]
        + ([f"The reason given: {reason}"] if reason else [])
        + ([f"If you have questions, ask {organisation.state_contact}."] if organisation.state_contact else []),
    )
    return organisation


def ask_for_deletion(scope: Scope, organisation_id: UUID, *, typed_name: str, wait: timedelta) -> Organisation:
    """Have an organisation deleted after a time; its name is typed to make sure. Raises NotFound, WrongName, Refused.

    Until then only its leads open it, to read, to take away what is in it, or to stop the deletion.
    """
    organisation = lock_organisation(scope, organisation_id)
    if " ".join(typed_name.split()).casefold() != " ".join(organisation.name.split()).casefold():
        raise WrongName(f"Type the name of the organisation as it is written here: {organisation.name}")
    closing_on = now().astimezone(LONDON).date() + wait
    organisation = _take(scope, organisation_id, Step.DELETE, closing_on=closing_on)
    _tell_of_deletion(scope, organisation, f"{scope.actor.name} asked for {organisation.name} to be deleted.")
    for days in REMINDERS:
        due_at = datetime.combine(closing_on - timedelta(days=days), REMINDED_AT, LONDON)
        if due_at > now():
            enqueue(
                scope,
                JobName.REMIND_OF_DELETION,
                key=f"deletion:{organisation.id}:{closing_on}:{days}",
                payload={"organisation_id": str(organisation.id), "closing_on": closing_on.isoformat(), "days": days},
                due_at=due_at,
            )
    return organisation


def stop_deletion(scope: Scope, organisation_id: UUID) -> Organisation:
    """Keep an organisation that was to be deleted; it is again what it was. Raises NotFound, and Refused where it is not to be.

    Any of its leads may, and the coordinator's office where the office itself asked for it.
    """
    organisation = lock_organisation(scope, organisation_id)
    if isinstance(scope, PartnershipScope) and organisation.resumes_as and not organisation.closing_by_partnership:
        raise Refused(f"A lead of {organisation.name} asked for its deletion, so that only its leads can stop it.")
    organisation = _take(scope, organisation_id, Step.KEEP)
    _tell(
        scope,
        organisation,
        [*list_leads(scope, organisation.id), *list_office(scope)],
        subject=f"{organisation.name} stays on TIA Hub",
        words=[
            f"{scope.actor.name} stopped the deletion of {organisation.name}. It is "
            f"{organisation.life.state.words.lower()}, as it was before, and nothing was lost."
        ],
    )
    return organisation


def remind_of_deletion(scope: Scope, organisation_id: UUID, *, closing_on: date, days: int) -> None:
    """Tell everybody concerned that a deletion comes near; nobody where it was stopped, or asked for anew, meanwhile."""
    organisation = lock_organisation(scope, organisation_id)
    if organisation.life.state is OrganisationState.CLOSING and organisation.closing_on == closing_on:
        left = "tomorrow" if days == 1 else f"in {days} days"
        _tell_of_deletion(scope, organisation, f"{organisation.name} is deleted {left}.")


def _tell_of_deletion(scope: Scope, organisation: Organisation, beginning: str) -> None:
    if organisation.closing_on is None:
        raise ValueError("its deletion was not asked for")
    day = format_date(organisation.closing_on)
    _tell(
        scope,
        organisation,
        [*list_leads(scope, organisation.id), *list_office(scope)],
        subject=f"{organisation.name} is to be deleted on {day}",
        words=[
            beginning,
            f"On {day} everything in it is deleted for good: its audits, self-assessments, outcomes, teams and people’s "
            "places. Until then its leads can read it and take away what is in it.",
            "Any of its leads can stop the deletion on the page “Organisation”.",
        ],
    )


def _tell(scope: Scope, organisation: Organisation, contacts: Iterable[Contact], *, subject: str, words: list[str]) -> None:
    for contact in {each.person_id: each for each in contacts}.values():
        post(
            scope,
            to=contact.email,
            recipient_id=contact.person_id,
            subject=subject,
            template="organisation_state",
            context={"name": contact.name, "words": words, "link": link("home.places")},
        )

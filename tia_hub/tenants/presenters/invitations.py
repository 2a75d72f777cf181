"""Invitations as their lists show them, and what would become of lines that were pasted."""

from collections.abc import Sequence
from dataclasses import dataclass

from tia_hub.core.clock import format_date, format_time
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.pasting import Line
from tia_hub.tenants.types.invitations import InvitationState, InvitedMany
from tia_hub.tenants.types.roles import Role

COLOURS = {
    "unsent": "teal",
    "waiting": "amber",
    "sent": "teal",
    "accepted": "green",
    "expired": "amber",
    "revoked": "grey",
}
"""The colour of an invitation's state, beside its word."""


UNDELIVERED = frozenset({EmailState.FAILED, EmailState.UNCERTAIN, EmailState.WITHHELD})


UNDER_WAY = frozenset({EmailState.QUEUED, EmailState.SENDING})


@dataclass(frozen=True)
class InvitationRow:
    """An invitation in a list."""

    invitation: Invitation
    about: str
    """The address, and what they were invited as."""
    words: str
    colour: str
    when: str
    problem: str
    """Why its mail did not arrive; empty where it did, or may yet."""
    open: bool
    """Whether it can be sent again or withdrawn."""


def invitation_row(invitation: Invitation, email: Email | None = None) -> InvitationRow:
    """An invitation with its last mail, where that is on record and this place may see it."""
    state = invitation.state
    words, colour, problem = state.words, COLOURS[state], ""
    if state is InvitationState.SENT and email is not None and email.state in UNDER_WAY:
        words = "On its way"
    elif state in (InvitationState.SENT, InvitationState.EXPIRED) and email is not None and email.state in UNDELIVERED:
        words, colour = "Not delivered", "red"
        problem = f"The mail server said: {email.error}" if email.error else "The mail could not be handed over."
    return InvitationRow(
        invitation=invitation,
        about=f"{invitation.email}, {Role(invitation.role).words.lower()}",
        words=words,
        colour=colour,
        when=_when(invitation),
        problem=problem,
        open=state not in (InvitationState.ACCEPTED, InvitationState.REVOKED),
    )


def _when(invitation: Invitation) -> str:
    if invitation.accepted_at:
        return f"on {format_date(invitation.accepted_at)}"
    if invitation.revoked_at:
        return f"on {format_date(invitation.revoked_at)}"
    match invitation.state:
        case InvitationState.UNSENT:
            return "in its turn"
        case InvitationState.WAITING:
            return f"to confirm it until {format_date(invitation.expires_at)}"
        case InvitationState.SENT:
            return f"and good until {format_time(invitation.expires_at)}"
        case _:
            return f"on {format_date(invitation.expires_at)}"


@dataclass(frozen=True)
class Preview:
    """What would become of the lines that somebody pasted."""

    people: list[tuple[int, str, str, str]]
    """Those whose lines are right: number, name, address, and what will be done."""
    faults: list[tuple[int, str, str]]
    """The other lines: number, what they say, what is wrong."""
    new: int
    """How many would be invited."""

    @property
    def fault_words(self) -> str:
        """How many lines have faults."""
        return "1 line can’t be used" if len(self.faults) == 1 else f"{len(self.faults):,} lines can’t be used"


def make_preview(lines: Sequence[Line], known: InvitedMany) -> Preview:
    """The lines, each with what will become of it; `known` says of the right ones who is there already."""
    members, invited = set(known.already_members), set(known.already_invited)

    def what(email: str) -> str:
        if email in members:
            return "Belongs to the organisation already: stays as they are"
        return "Has an open invitation: stays as it is" if email in invited else "Will be invited"

    return Preview(
        people=[(line.number, line.name, line.email, what(line.email)) for line in lines if not line.fault],
        faults=[(line.number, line.text, line.fault) for line in lines if line.fault],
        new=len(known.made),
    )


def invited_words(invited: InvitedMany) -> str:
    """What became of many invitations."""
    made = len(invited.made)
    words = [f"{made:,} {'invitation is' if made == 1 else 'invitations are'} on the way."]
    if invited.already_invited:
        words.append(f"{len(invited.already_invited):,} had an open invitation already.")
    if invited.already_members:
        words.append(f"{len(invited.already_members):,} belonged to the organisation already.")
    return " ".join(words)

"""What pages about organisations need, already worded."""

from dataclasses import dataclass

from tia_hub.core.clock import format_date, format_time
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.tenants.models import Invitation
from tia_hub.tenants.types import InvitationState, Role

COLOURS = {"waiting": "teal", "sent": "teal", "accepted": "green", "expired": "amber", "revoked": "grey"}
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
        open=state in (InvitationState.WAITING, InvitationState.SENT, InvitationState.EXPIRED),
    )


def _when(invitation: Invitation) -> str:
    if invitation.accepted_at:
        return f"on {format_date(invitation.accepted_at)}"
    if invitation.revoked_at:
        return f"on {format_date(invitation.revoked_at)}"
    match invitation.state:
        case InvitationState.WAITING:
            return "in its turn"
        case InvitationState.SENT:
            return f"and good until {format_time(invitation.expires_at)}"
        case _:
            return f"on {format_date(invitation.expires_at)}"

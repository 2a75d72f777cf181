"""What an organisation hands to its auditor, in rows of words."""

from collections.abc import Sequence

from tia_hub.core.clock import format_date
from tia_hub.home.models import AccessReview
from tia_hub.home.services.reviewing import Access, Waiting
from tia_hub.tenants.types.roles import Role

HEADER = ("Name", "Email address", "Role", "Since", "Until", "Second factor", "Last sign-in")


def role_words(role: str) -> str:
    """A role in words."""
    return Role(role).words


def access_rows(access: Sequence[Access], *, ended: bool) -> list[tuple[str, ...]]:
    """Those who have access, or those who had: without the column that does not concern them."""
    return [
        (
            each.name,
            each.email,
            role_words(each.role),
            format_date(each.since),
            *([format_date(each.ended_at)] if each.ended_at else ["Set up" if each.second_factor else "Not set up"]),
            format_date(each.last_signed_in_at) if each.last_signed_in_at else "Not in the last year",
        )
        for each in access
        if (each.ended_at is not None) is ended
    ]


def sheet_rows(access: Sequence[Access]) -> list[tuple[str, ...]]:
    """Everybody for the sheet; dates as they sort."""
    return [
        (
            each.name,
            each.email,
            role_words(each.role),
            each.since.date().isoformat(),
            each.ended_at.date().isoformat() if each.ended_at else "",
            "Yes" if each.second_factor else "No",
            each.last_signed_in_at.date().isoformat() if each.last_signed_in_at else "",
        )
        for each in access
    ]


def invitation_rows(waiting: Sequence[Waiting]) -> list[tuple[str, ...]]:
    """Open invitations."""
    return [
        (each.name, each.email, role_words(each.role), format_date(each.sent_at), format_date(each.expires_at))
        for each in waiting
    ]


def review_rows(reviews: Sequence[AccessReview]) -> list[tuple[str, ...]]:
    """Access reviews."""
    return [(format_date(each.reviewed_on), each.reviewer, f"{each.people:,}", each.note) for each in reviews]


def factor_words(access: Sequence[Access], *, required: bool) -> str:
    """How many of those with access have a second factor, in a sentence with its denominator."""
    present = [each for each in access if each.ended_at is None]
    having = sum(each.second_factor for each in present)
    rule = " Everybody is asked to set one up when they sign in." if required else " It is not required here."
    return f"{having:,} of {len(present):,} people with access have set up a second factor.{rule}"

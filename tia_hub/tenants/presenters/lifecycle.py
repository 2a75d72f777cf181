"""The steps in the life of an organisation, and what becomes of requests to join, in words and colours."""

from dataclasses import dataclass

from tia_hub.tenants.types.organisations import Step

STATE_COLOURS = {"active": "green", "suspended": "amber", "archived": "grey", "closing": "red"}
"""The colour of an organisation's state, beside its word."""


REQUEST_COLOURS = {"waiting": "teal", "asked": "amber", "approved": "green", "declined": "grey"}
"""The colour of a request's state, beside its word."""


@dataclass(frozen=True, kw_only=True)
class AboutStep:
    """A step in the life of an organisation: what it is called, what it means, its button, and what is said once it is done."""

    title: str
    link: str
    means: tuple[str, ...]
    button: str
    done: str
    warning: bool = False


ABOUT_STEPS = {
    Step.SUSPEND: AboutStep(
        title="Suspend",
        link="Suspend it",
        means=(
            "From their next click on nobody in it can open it. They see your reason, and that they can ask you.",
            "What was written stays, and nobody sees it.",
            "What the product does for it at the moment stops, and waits.",
            "Reports go on counting what it shared, and say that it is suspended.",
        ),
        button="Suspend it",
        done="Suspended",
        warning=True,
    ),
    Step.REACTIVATE: AboutStep(
        title="Reactivate",
        link="Make it active again",
        means=("Everybody in it can work in it as before.", "Its leads are told by email."),
        button="Make it active",
        done="Made active again:",
    ),
    Step.ARCHIVE: AboutStep(
        title="Archive",
        link="Archive it",
        means=(
            "Its leads can read everything and take it away with them. Nobody can change anything.",
            "Everybody else in it can no longer open it.",
            "New reports leave it out, and say so.",
            "You can make it active again.",
        ),
        button="Archive it",
        done="Archived",
        warning=True,
    ),
    Step.DELETE: AboutStep(
        title="Delete",
        link="Delete it",
        means=(
            "Its leads and the coordinator’s office are told at once, and again 7 days and 1 day before the end.",
            "Until then its leads can read everything and take it away with them. Nobody can change anything, and nobody else "
            "can open it.",
            "Any of its leads can stop the deletion. It is then what it was before.",
            "New reports leave it out, and say so.",
            "After that day all that is in it is deleted for good: audits, self-assessments, outcomes, teams, people’s places.",
        ),
        button="Ask for its deletion",
        done="Asked for the deletion of",
        warning=True,
    ),
    Step.KEEP: AboutStep(
        title="Stop the deletion of",
        link="Stop its deletion",
        means=("It is again what it was before its deletion was asked for.", "Its leads and your office are told by email."),
        button="Stop the deletion",
        done="Stopped the deletion of",
    ),
}

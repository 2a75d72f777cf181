"""What notices are about, and how a person wishes to be told."""

from enum import StrEnum


class Topic(StrEnum):
    """What a notice is about. Mails about one's own sign-in have no topic: they are always sent."""

    CONVERSATIONS = "conversations"
    PEOPLE = "people"
    REPORTS = "reports"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "conversations": "Self-assessments and training plans",
            "people": "Who joins and leads",
            "reports": "Reports and schedules",
        }[self.value]

    @property
    def hint(self) -> str:
        """What comes under it."""
        return {
            "conversations": "Somebody shares a self-assessment with you, or a plan waits for you to confirm it",
            "people": "Somebody becomes a lead of your organisation",
            "reports": "A report on a schedule is ready, or reaches nobody",
        }[self.value]


class Wish(StrEnum):
    """How somebody wishes to be told by mail. In the product every notice is there, whatever they choose."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    OFF = "off"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {"at_once": "At once", "daily": "Once a day, at 7am", "off": "No email"}[self.value]

"""Staff lists: where they are, and what becomes of their rows."""

from dataclasses import dataclass
from enum import StrEnum


class UploadState(StrEnum):
    """How far a staff list that was uploaded is."""

    TEXT = "text"
    """Somebody has to say whether its letters are right."""
    COLUMNS = "columns"
    """Somebody has to say which column is which."""
    CHECKING = "checking"
    CHECKED = "checked"
    """Somebody has to choose: the good rows, or nothing."""
    IMPORTING = "importing"
    DONE = "done"
    DISCARDED = "discarded"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "text": "Waits for you to look at its letters",
            "columns": "Waits for you to match its columns",
            "checking": "Being checked",
            "checked": "Waits for you to import it",
            "importing": "Being imported",
            "done": "Imported",
            "discarded": "Not imported",
            "failed": "Could not be read",
        }[self.value]


class RowVerdict(StrEnum):
    """What a row of a staff list asks for; rows that ask for nothing are only counted."""

    NEW = "new"
    CHANGED = "changed"
    FAULTY = "faulty"


class RowOutcome(StrEnum):
    """What became of a row that was to be imported."""

    INVITED = "invited"
    ALREADY_INVITED = "already_invited"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class UploadCounts:
    """How many rows of a staff list ask for what."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    """People who were invited and have not joined: their invitations stay as they are."""
    faulty: int = 0
    examples: int = 0
    """Rows of the template that were left in."""
    leavers: int = 0
    """Present members who are not in the list, or are marked in it as leaving."""

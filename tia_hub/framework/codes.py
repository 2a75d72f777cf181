"""The words of the framework that the product's rules know by name."""

from enum import Enum


class PracticeLevel(Enum):
    """The responsibility a role carries. Not seniority, not a ladder: levels have no order."""

    INFORMED = "informed"
    SKILLED = "skilled"
    ENHANCED = "enhanced"
    SPECIALIST = "specialist"


class Audience(Enum):
    """Whom a statement is for."""

    ALL_WORKERS = "all_workers"
    MANAGERS = "managers"
    CHILD_AND_FAMILY_WORKERS = "child_and_family_workers"


class StatementKind(Enum):
    """What workers know, or what they are able to do."""

    KNOW = "know"
    DO = "do"


class QuestionOwner(Enum):
    """Whom the answer to a selection question says something about, or who alone can answer it."""

    PROVIDER = "provider"
    COURSE = "course"
    ORGANISATION = "organisation"


class UnknownCode(LookupError):
    """The edition has nothing under this code."""

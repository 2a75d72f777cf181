"""Names of organisations that may be of the same one, and numbers as people type them."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.84
"""From 0 to 1: how alike two names are that are pointed out. Found by trying: "Harbour Trust" and "Harbor Trust" are, "Harbour
Trust" and "Harvest Trust" are not."""
COMMON = frozenset(
    {"the", "of", "and", "for", "nhs", "trust", "foundation", "council", "charity", "limited", "ltd", "cic", "plc"}
)
"""Words that many organisations have in their names, and that people leave out."""


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    return re.findall(r"\w+", "".join(character for character in plain if not unicodedata.combining(character)))


def _ratio(one: list[str], other: list[str]) -> float:
    matcher = SequenceMatcher(None, " ".join(one), " ".join(other), autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def _alike(one: list[str], other: list[str]) -> float:
    core, other_core = ([word for word in words if word not in COMMON] for words in (one, other))
    return max(_ratio(one, other), _ratio(core, other_core) if core and other_core else 0.0)


def list_similar(name: str, others: Iterable[str], most: int = 5) -> list[str]:
    """Those of some names that may mean the same organisation, the most alike first."""
    words = _words(name)
    found = sorted((-_alike(words, _words(other)), other) for other in others)
    return [other for unlike, other in found if -unlike >= ALIKE][:most]


MOST_STAFF = 1_000_000


def read_headcount(typed: str) -> int | None:
    """A number of staff as people type it, `1,200` or `1 200`; None for what is none."""
    digits = re.sub(r"[ ,]", "", typed)
    if not re.fullmatch(r"\d{1,9}", digits, re.ASCII) or int(digits) > MOST_STAFF:
        return None
    return int(digits)

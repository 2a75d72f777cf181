"""Finding example roles by somebody's own words for what they do."""

import re
from collections.abc import Iterable

from tia_hub.framework.parts import RoleHint

_COMMON_WORDS = frozenset({"a", "all", "and", "for", "in", "of", "or", "other", "some", "the", "with"})


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[\w&]+", text.casefold()) if word not in _COMMON_WORDS]


def find_roles(hints: Iterable[RoleHint], words: str) -> tuple[RoleHint, ...]:
    """Return those hints that share most words with `words`, in their given order.

    A word is found by its beginning ("nurse" finds "Nurses"). Nothing is found by common words alone.
    """
    wanted = set(_words(words))
    shared = []
    for hint in hints:
        listed = _words(hint.role)
        shared.append((sum(any(each.startswith(word) for each in listed) for word in wanted), hint))
    most = max((count for count, _ in shared), default=0)
    return tuple(hint for count, hint in shared if most and count == most)

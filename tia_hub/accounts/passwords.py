"""What makes a password good enough. Long is what counts; nothing has to be in it, and any character may.

Nothing leaves the machine: how easy a password is to guess is worked out here (zxcvbn), and whether it was found in a breach is
looked up in the operator's own file.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from zxcvbn import zxcvbn

SHORTEST = 12
LONGEST = 1000
MOST_WEIGHED = 72
"""Characters that are weighed: what comes after them only makes a password better."""
FEWEST_GUESSES = 10**9
"""Guesses that somebody clever would need. Ten wrong tries in a quarter of an hour are allowed."""
OF_THIS_PRODUCT = ("trauma", "informed", "traumainformed", "tia", "hub", "tiahub")
HASH = 40
"""Characters of a SHA-1 hash."""

RULES = f"At least {SHORTEST} characters. Three words that do not belong together make a good one."
BETTER = "Three words that do not belong together make a better one"


_weighing = Lock()


def normalise(password: str) -> str:
    """A password as it is hashed: however a keyboard composes its letters, it is the same one."""
    return unicodedata.normalize("NFKD", password)


def fault_in_password(password: str, *, email: str = "", name: str = "", breached: Path | None = None) -> str | None:
    """What is wrong with a new password, in words for its owner; None where nothing is. `breached`: see `is_breached`."""
    if "\x00" in password or "\ufffd" in password:
        return "The password has a character that can't be used. Type it again"
    if len(password) < SHORTEST:
        return f"The password must be {SHORTEST} characters or more"
    if len(password) > LONGEST:
        return f"The password must be {LONGEST:,} characters or fewer"
    own = _own_words(email, name)
    rest = password.casefold()
    for word in own:
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST // 2:
        return f"The password is little more than your name or your address. {BETTER}"
    # zxcvbn keeps the words that it is given beside its own dictionaries: one at a time.
    with _weighing:
        weighed = zxcvbn(password[:MOST_WEIGHED], user_inputs=[*own, *OF_THIS_PRODUCT])
    if weighed["guesses"] < FEWEST_GUESSES:
        return f"The password is too easy to guess: {_why(weighed['sequence'])}. {BETTER}"
    if breached is not None and is_breached(breached, {password, normalise(password)}):
        return f"The password is on a list of passwords that were stolen elsewhere, which is where guessing begins. {BETTER}"
    return None


def _why(sequence: Sequence[Any]) -> str:
    """What makes a password easy to guess, from the parts that zxcvbn sees in it: the longest one says it."""
    longest = max(sequence, key=lambda part: len(str(part["token"])))
    match longest["pattern"], longest.get("dictionary_name"):
        case "dictionary", "user_inputs":
            return "it has your name, your address or this product in it"
        case "dictionary", "passwords":
            return "it is much like one that many people use"
        case "dictionary", _:
            return "it is little more than a common word or name"
        case "repeat", _:
            return "it repeats itself"
        case "sequence" | "spatial", _:
            return "its characters follow each other in the alphabet or on the keyboard"
        case "date" | "regex", _:
            return "it is little more than a date or a year"
        case _:
            return "it is too short for so few different characters"


def _own_words(email: str, name: str) -> list[str]:
    words = [*email.casefold().replace("@", " ").replace(".", " ").split(), *name.casefold().split()]
    return sorted({word for word in words if len(word) >= 3}, key=len, reverse=True)


def is_breached(path: Path, passwords: Iterable[str]) -> bool:
    """Whether one of some passwords is in a file of SHA-1 hashes: a line each, sorted, `HASH` or `HASH:count`, in capitals.

    It is looked up by halving the file, so that none of its tens of gigabytes is read into memory.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        for password in passwords:
            wanted = hashlib.sha1(password.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
            low, high = 0, size
            # The line that begins at or after `low` is the first that can be the wanted one; none after `high` is.
            while low < high:
                middle = (low + high) // 2
                file.seek(middle)
                if middle:
                    file.seek(middle - 1)
                    file.readline()
                begin = file.tell()
                line = file.readline()
                if not line or line[:HASH].upper() >= wanted:
                    high = middle
                else:
                    low = begin + len(line)
            file.seek(low)
            if low:
                file.seek(low - 1)
                file.readline()
            if file.readline()[:HASH].upper() == wanted:
                return True
    return False

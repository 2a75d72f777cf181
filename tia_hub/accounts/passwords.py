"""What makes a password good enough. Long is what counts; nothing has to be in it, and any character may."""

import unicodedata

SHORTEST = 12
LONGEST = 1000
FEWEST_DIFFERENT = 5
COMMONPLACE = ("password", "traumainformed", "tiahub", "qwertyuiop", "letmein", "welcome", "12345678")

RULES = f"At least {SHORTEST} characters. Three words that do not belong together make a good one."


def normalise(password: str) -> str:
    """A password as it is hashed: however a keyboard composes its letters, it is the same one."""
    return unicodedata.normalize("NFKD", password)


def fault_in_password(password: str, *, email: str = "", name: str = "") -> str | None:
    """What is wrong with a new password, in words for its owner; None where nothing is."""
    if "\x00" in password or "\ufffd" in password:
        return "The password has a character that can't be used. Type it again"
    if len(password) < SHORTEST:
        return f"The password must be {SHORTEST} characters or more"
    if len(password) > LONGEST:
        return f"The password must be {LONGEST:,} characters or fewer"
    plain = "".join(character for character in normalise(password).casefold() if character.isalnum())
    if len(set(plain or password)) < FEWEST_DIFFERENT:
        return "The password must have more different characters"
    rest = plain
    for word in (*COMMONPLACE, *_own_words(email, name)):
        rest = rest.replace(word, "")
    if len(rest) < SHORTEST // 2 and rest != plain:
        return "The password is too easy to guess: it is little more than a common word, your name or your address"
    return None


def _own_words(email: str, name: str) -> list[str]:
    words = [*email.casefold().replace("@", " ").replace(".", " ").split(), *name.casefold().split()]
    return sorted((word for word in words if len(word) >= 3), key=len, reverse=True)

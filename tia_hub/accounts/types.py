"""What is counted as a guess, what links are mailed for, and what of somebody's account is told to its owner, in words."""

from enum import Enum, StrEnum


class Guess(StrEnum):
    """What somebody may try only so often."""

    FIRST_FACTOR = "first_factor"
    CODE = "code"
    """Of an app, or a recovery code."""
    MAIL = "mail"
    """Not a guess: a mail that somebody else may be bothered with."""
    TOLD = "told"
    """The mail that tells of too many tries."""


class Try(Enum):
    """Whether a try may be made."""

    GRANTED = "granted"
    LAST = "last"
    """Granted, and the next one would not be."""
    REFUSED = "refused"


class LinkPurpose(StrEnum):
    """What a mailed link does."""

    SIGN_IN = "sign_in"
    RESET = "reset"
    """A new password."""
    NEW_ADDRESS = "new_address"


class SecurityEvent(Enum):
    """One thing that happened to an account: `(code on the trail, subject of the mail, words)`; no subject, no mail."""

    SIGNED_IN = ("account.signed_in", None, "Signed in with {browser}.")
    NEW_BROWSER = (
        "account.signed_in",
        "Your TIA Hub account was used in a new browser",
        "Signed in with {browser}, for the first time in this browser.",
    )
    TOO_MANY_TRIES = (
        "account.too_many_tries",
        "Somebody tried to sign in to your TIA Hub account",
        "There were too many wrong tries at signing in. Browsers that are new to your account have to wait 15 minutes.",
    )
    PASSWORD_CHANGED = (
        "account.password_changed",
        "Your TIA Hub password was changed",
        "The password was changed, and every other session was ended.",
    )
    PASSWORD_RESET = (
        "account.password_reset",
        "Your TIA Hub password was changed",
        "A new password was chosen by a mailed link, and every session was ended.",
    )
    APP_SET_UP = ("account.app_set_up", "How you sign in to TIA Hub was changed", "An authenticator app was set up.")
    APP_TURNED_OFF = (
        "account.app_turned_off",
        "How you sign in to TIA Hub was changed",
        "The authenticator app was turned off: no code from it is asked for any more.",
    )
    CODES_MADE = (
        "account.recovery_codes_made",
        "You have new recovery codes for TIA Hub",
        "New recovery codes were made. Those before no longer work.",
    )
    CODE_USED = (
        "account.recovery_code_used",
        "A recovery code of your TIA Hub account was used",
        "Signed in with a recovery code. {left} of them left.",
    )
    PASSKEY_ADDED = ("account.passkey_added", "How you sign in to TIA Hub was changed", "The passkey “{name}” was added.")
    PASSKEY_REMOVED = ("account.passkey_removed", "How you sign in to TIA Hub was changed", "The passkey “{name}” was removed.")
    PASSKEY_COPIED = (
        "account.passkey_copied",
        "A passkey of your TIA Hub account was refused",
        "The passkey “{name}” was refused: it may have been copied. Remove it if you can’t explain this.",
    )
    SESSION_ENDED = (
        "account.session_ended",
        "A session of your TIA Hub account was ended",
        "The session in {browser} was ended from another one.",
    )
    OTHERS_ENDED = (
        "account.others_ended",
        "Sessions of your TIA Hub account were ended",
        "All sessions but one were ended, from that one.",
    )
    ADDRESS_ASKED = (
        "account.address_asked",
        "Somebody asked to change the address of your TIA Hub account",
        "A change of the email address was asked for. It happens when the link mailed to the new address is used.",
    )
    ADDRESS_CHANGED = (
        "account.address_changed",
        "The address of your TIA Hub account was changed",
        "The email address was changed from {old} to {new}.",
    )

    BOUND = (
        "account.bound",
        "You can now sign in to TIA Hub through your organisation",
        "Signed in through {organisation} for the first time. From now on that opens its pages, and nothing else.",
    )

    def __init__(self, code: str, subject: str | None, words: str) -> None:
        self.code = code
        self.subject = subject
        self.words = words

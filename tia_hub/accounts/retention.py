"""How long signing in keeps what it needs."""

from tia_hub.accounts.models import EndedSession, KnownBrowser, MailedLink, PersonSession, SignInTry, SpentChallenge
from tia_hub.core.retention import Rule, delete_rule
from tia_hub.core.scope import IdentityScope

RULES: tuple[Rule, ...] = (
    delete_rule(
        kind="sign_in_tries",
        words="Tries at signing in",
        days=1,
        why="So that nobody can guess passwords.",
        scopes=(IdentityScope,),
        model=SignInTry,
        old=lambda scope, before: SignInTry.created_at < before,
    ),
    delete_rule(
        kind="ended_sessions",
        words="Sessions that ended",
        days=1,
        why="So that a copied cookie opens nothing.",
        scopes=(IdentityScope,),
        model=EndedSession,
        old=lambda scope, before: EndedSession.ended_at < before,
    ),
    delete_rule(
        kind="sessions",
        words="Where people are signed in: when, from which network address, with which browser",
        days=1,
        why="So that people see where they are signed in, and can end it.",
        scopes=(IdentityScope,),
        model=PersonSession,
        old=lambda scope, before: PersonSession.began_at < before,
    ),
    delete_rule(
        kind="known_browsers",
        words="Browsers that people signed in with, once they were not used for so long",
        days=400,
        why="So that people are told of a sign-in with a new browser, and of no other.",
        scopes=(IdentityScope,),
        model=KnownBrowser,
        old=lambda scope, before: KnownBrowser.seen_at < before,
    ),
    delete_rule(
        kind="mailed_links",
        words="Links that were mailed to sign in or to choose a password, once they stopped working",
        days=2,
        why="So that each works once.",
        scopes=(IdentityScope,),
        model=MailedLink,
        old=lambda scope, before: MailedLink.expires_at < before,
    ),
    delete_rule(
        kind="spent_challenges",
        words="Challenges that passkeys answered",
        days=1,
        why="So that no answer is taken twice.",
        scopes=(IdentityScope,),
        model=SpentChallenge,
        old=lambda scope, before: SpentChallenge.spent_at < before,
    ),
)

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
        kind="listed_sessions",
        words="Sessions on the list of their owner",
        days=1,
        why="So that people see where they are signed in.",
        scopes=(IdentityScope,),
        model=PersonSession,
        old=lambda scope, before: PersonSession.began_at < before,
    ),
    delete_rule(
        kind="known_browsers",
        words="Browsers that somebody signed in with, by a hash",
        days=400,
        why="So that people are told when a new one is used.",
        scopes=(IdentityScope,),
        model=KnownBrowser,
        old=lambda scope, before: KnownBrowser.seen_at < before,
    ),
    delete_rule(
        kind="mailed_links",
        words="Links that were mailed and are too old",
        days=1,
        why="So that people sign in, choose a password or change their address by them.",
        scopes=(IdentityScope,),
        model=MailedLink,
        old=lambda scope, before: MailedLink.expires_at < before,
    ),
    delete_rule(
        kind="spent_challenges",
        words="Challenges that passkeys have answered",
        days=1,
        why="So that no answer is taken twice.",
        scopes=(IdentityScope,),
        model=SpentChallenge,
        old=lambda scope, before: SpentChallenge.spent_at < before,
    ),
)

"""How long signing in keeps what it needs."""

from tia_hub.accounts.models import EndedSession, SignInTry
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
)

"""Where I am signed in: listed, and ended, one or all others."""

from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts import sessions as own
from tia_hub.accounts.events import tell
from tia_hub.accounts.queries import get_session, list_sessions
from tia_hub.accounts.services import end_session
from tia_hub.accounts.types import SecurityEvent
from tia_hub.accounts.views.blueprint import bp, own_person
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.policy import signed_in
from tia_hub.core.scope import IdentityScope


@bp.get("/account/sessions")
@signed_in
def sessions(scope: IdentityScope) -> ResponseReturnValue:
    """Where I am signed in: in which browser, since when, from where."""
    found = list_sessions(scope, current_user.id, since=now() - own.IDLE_LIMIT)
    return page("accounts/sessions.html", sessions=found, here=own.hashed_key())


@bp.post("/account/sessions/<uuid:session_id>/end")
@signed_in
def end(scope: IdentityScope, session_id: UUID) -> ResponseReturnValue:
    """End one of my sessions elsewhere."""
    found = get_session(scope, current_user.id, session_id)
    if found.session_key == own.hashed_key():
        raise Refused("This is the session that you are in. Sign out to end it.")
    end_session(scope, session_key=found.session_key)
    tell(scope, own_person(scope), SecurityEvent.SESSION_ENDED, browser=found.browser)
    return see("accounts.sessions", f"The session in {found.browser} is ended.")


@bp.post("/account/sessions/end-others")
@signed_in
def end_others(scope: IdentityScope) -> ResponseReturnValue:
    """End all my sessions but this one."""
    person = own_person(scope)
    own.end_others(scope, person)
    tell(scope, person, SecurityEvent.OTHERS_ENDED)
    return see("accounts.sessions", "Every other session of yours is ended.")

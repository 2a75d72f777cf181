"""Going on after signing in again: what was typed before is put back into a form, for its writer alone."""

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.views.blueprint import bp
from tia_hub.core.errors import error_page
from tia_hub.core.pages import page
from tia_hub.core.policy import harmless, signed_out_page
from tia_hub.core.sealed import unlock_typed


@bp.post("/sign-in/go-on")
@harmless
def go_on() -> ResponseReturnValue:
    """The form that could not be sent, ready to be sent now."""
    locked = request.form.get("locked", "")
    typed = unlock_typed(locked)
    if typed is None:
        abort(400)
    if not current_user.is_authenticated:
        return signed_out_page(locked)
    if current_user.id != typed.person_id:
        return error_page(
            403,
            title="That belongs to somebody else",
            text="Somebody else was signed in on this computer when this was typed. Only they can open it.",
        )
    return page("accounts/go_on.html", typed=typed)

"""Signing in by a link that is mailed: for who has no password at hand. It is the first factor; the second is asked as ever.

Opening the link does nothing yet, so that programs that look into mails don't use it up: a button does.
"""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user

from tia_hub.accounts.evenness import work_for_nobody
from tia_hub.accounts.forms import LinkForm
from tia_hub.accounts.queries import find_link, find_person
from tia_hub.accounts.services import make_link, use_link
from tia_hub.accounts.store import current_security, current_store
from tia_hub.accounts.types import LinkPurpose
from tia_hub.accounts.views.blueprint import bp, wanted
from tia_hub.core.mail.services import link, post_to_person
from tia_hub.core.pages import page
from tia_hub.core.policy import public
from tia_hub.core.scope import IdentityScope, transaction

LIVES = timedelta(minutes=15)
THEN = "after_link"
"""Where the cookie says what somebody wanted to open when they asked for the link in this browser."""
GONE = "That link can’t be used. It works for 15 minutes, and once. Ask for a new one."


@bp.get("/sign-in/link")
@public
def ask_link() -> ResponseReturnValue:
    """The form that asks for a link."""
    if current_user.is_authenticated:
        return redirect(url_for("home.places"))
    return page("accounts/link_ask.html", form=LinkForm(formdata=None), sent=False, next=request.args.get("next"))


@bp.post("/sign-in/link")
@public
def send_link() -> ResponseReturnValue:
    """Mail a link to somebody who has an account; say the same to everybody."""
    form = LinkForm()
    if not form.validate():
        return page("accounts/link_ask.html", form=form, sent=False, next=request.form.get("next"), status=422)
    with transaction(IdentityScope()) as scope:
        person = find_person(scope, form.email.data or "")
        if person is not None and person.active:
            token = make_link(scope, person.id, LinkPurpose.SIGN_IN, address=person.email, lives=LIVES)
            context = {"person": person, "href": link("accounts.open_link", token=token)}
            post_to_person(
                scope,
                person_id=person.id,
                to=person.email,
                subject="Sign in to TIA Hub",
                bodies=(
                    render_template("mail/sign_in_link.txt", **context),
                    render_template("mail/sign_in_link.html", **context),
                ),
                purpose="sign_in_link",
            )
        else:
            work_for_nobody("mail/sign_in_link")
    cookie[THEN] = wanted()
    return page("accounts/link_ask.html", form=form, sent=True, next=None)


@bp.get("/sign-in/link/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """What the link leads to: a button."""
    found = find_link(IdentityScope.of_request(), token, LinkPurpose.SIGN_IN)
    if found is None:
        return page("accounts/link_gone.html", status=404)
    return page("accounts/link_open.html", token=token, address=found[0].address, here=THEN in cookie)


@bp.post("/sign-in/link/<token>")
@public
def use_sign_in_link(token: str) -> ResponseReturnValue:
    """Use the link up: go on to the second factor, or in."""
    scope = IdentityScope.of_request()
    used = use_link(scope, token, LinkPurpose.SIGN_IN)
    person = find_person(scope, used.address) if used else None
    current_store().commit()
    if used is None or person is None or person.id != used.person_id or not person.active:
        flash(GONE, "error")
        return redirect(url_for("accounts.ask_link"))
    then = str(cookie.pop(THEN, url_for("home.places")))
    step: ResponseReturnValue | None = current_security().two_factor_plugins.tf_enter(person, False, "email", next_loc=then)
    if step is not None:
        return step
    login_user(person, authn_via=["email"])
    current_store().commit()
    return redirect(then, 303)

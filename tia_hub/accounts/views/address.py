"""Changing one's address: asked for by who has shown lately who they are, done by a link to the new one, told to the old."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from tia_hub.accounts.events import tell
from tia_hub.accounts.forms import AddressForm
from tia_hub.accounts.queries import find_link, find_person
from tia_hub.accounts.services import kill_links, make_link, use_link
from tia_hub.accounts.store import current_store
from tia_hub.accounts.types import LinkPurpose, SecurityEvent
from tia_hub.accounts.views.blueprint import ask_again, bp, own_person
from tia_hub.core.mail.services import link, post_to_person
from tia_hub.core.pages import page, see
from tia_hub.core.policy import public, signed_in
from tia_hub.core.scope import IdentityScope

LIVES = timedelta(hours=1)


@bp.get("/account/email-address")
@signed_in
def address(scope: IdentityScope) -> ResponseReturnValue:
    """The form for a new address."""
    return ask_again(url_for("accounts.address")) or page("accounts/address.html", form=AddressForm(formdata=None))


@bp.post("/account/email-address")
@signed_in
def send_address_link(scope: IdentityScope) -> ResponseReturnValue:
    """Mail a link to the new address; the answer is the same where somebody else has it."""
    again = ask_again(url_for("accounts.address"))
    if again is not None:
        return again
    form = AddressForm()
    if not form.validate():
        return page("accounts/address.html", form=form, status=422)
    new = (form.email.data or "").lower()
    person = own_person(scope)
    if find_person(scope, new) is None:
        token = make_link(scope, person.id, LinkPurpose.NEW_ADDRESS, address=new, lives=LIVES)
        context: dict[str, Any] = {"person": person, "href": link("accounts.open_address_link", token=token)}
        post_to_person(
            scope,
            person_id=person.id,
            to=new,
            subject="Confirm your new address for TIA Hub",
            bodies=(render_template("mail/new_address.txt", **context), render_template("mail/new_address.html", **context)),
            purpose="new_address",
        )
    tell(scope, person, SecurityEvent.ADDRESS_ASKED)
    return see(
        "accounts.account",
        f"We have sent a link to {new}. Your address changes when you open it. If nothing comes, look whether it is "
        "typed right; an address that another account has can’t be taken.",
    )


@bp.get("/account/email-address/<token>")
@public
def open_address_link(token: str) -> ResponseReturnValue:
    """What the link leads to: a button."""
    found = find_link(IdentityScope.of_request(), token, LinkPurpose.NEW_ADDRESS)
    if found is None:
        return page("accounts/address_gone.html", status=404)
    return page("accounts/address_open.html", token=token, old=found[1].email, new=found[0].address)


@bp.post("/account/email-address/<token>")
@public
def use_address_link(token: str) -> ResponseReturnValue:
    """Change the address, and tell the old one."""
    scope = IdentityScope.of_request()
    found = find_link(scope, token, LinkPurpose.NEW_ADDRESS)
    used = use_link(scope, token, LinkPurpose.NEW_ADDRESS)
    if found is None or used is None:
        return page("accounts/address_gone.html", status=404)
    person, old = found[1], found[1].email
    person.email = used.address
    try:
        scope.session.flush()
    except IntegrityError:
        # Somebody made an account with it meanwhile.
        scope.session.rollback()
        return page("accounts/address_gone.html", status=404)
    kill_links(scope, person.id)
    tell(scope, person, SecurityEvent.ADDRESS_CHANGED, to=old, old=old, new=person.email)
    current_store().commit()
    flash(f"Your address is {person.email} now. You sign in with it.", "success")
    return redirect(url_for("accounts.account" if current_user.is_authenticated else "security.login"), 303)

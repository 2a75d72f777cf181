"""A person's own data: a copy of it, correcting it, and being erased."""

from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.oidc.vouching import is_vouched_only, vouchers
from tia_hub.core.clock import today
from tia_hub.core.errors import Refused, error_page
from tia_hub.core.identity import resolver
from tia_hub.core.jobs.services import get_job
from tia_hub.core.pages import download, page, see
from tia_hub.core.policy import keep_door, signed_in
from tia_hub.core.scope import IdentityScope, PersonScope
from tia_hub.home.forms import ErasureForm, NameForm
from tia_hub.home.presenters.personal import copy_words
from tia_hub.home.queries import find_copy, find_erasure, get_copy_file
from tia_hub.home.services.copying import ask_for_copy, find_everywhere, note_download, rename, until
from tia_hub.home.services.erasing import WAIT, ask_for_erasure, fates, list_blockers, withdraw_erasure
from tia_hub.home.views.blueprint import bp

MIMETYPES = {"json": "application/json", "pdf": "application/pdf"}


@bp.get("/account/data")
@signed_in
def data(scope: IdentityScope) -> ResponseReturnValue:
    """What is held on me, and what I can do about it."""
    return _data(scope, NameForm(name=current_user.name))


def _data(scope: IdentityScope, form: NameForm, status: int = 200) -> ResponseReturnValue:
    own = PersonScope.of(scope)
    copy = find_copy(own)
    making = get_job(own, copy.job_id) if copy and copy.job_id else None
    return page(
        "home/data.html",
        status=status,
        form=form,
        copy=copy,
        words=copy_words(copy, making.state if making else None),
        until=until(copy) if copy else None,
        erasure=find_erasure(own),
        email=current_user.email,
    )


@bp.post("/account/data/copy")
@signed_in
def copy_data(scope: IdentityScope) -> ResponseReturnValue:
    """Have a copy made."""
    ask_for_copy(scope)
    return see("home.data", "Your copy is being made. Open this page again in a few minutes.")


@bp.post("/account/data/name")
@signed_in
def correct_name(scope: IdentityScope) -> ResponseReturnValue:
    """Correct my name."""
    form = NameForm()
    if not form.validate():
        return _data(scope, form, 422)
    rename(scope, str(form.name.data))
    return see("home.data", "Your name is saved.")


def _was_elsewhere() -> bool:
    """Whether the person ever belonged to an organisation whose provider does not vouch for this session."""
    belongings = find_everywhere(current_user.id).belongings
    return any(each.organisation_id not in vouchers() for each in belongings)


@bp.post("/account/data/<any(json, pdf):file>")
@signed_in
def download_data(scope: IdentityScope, file: str) -> ResponseReturnValue:
    """A file of my copy: for a session that my places would let in, as what is in them is in it."""
    for place in resolver().list_places(scope):
        refusal = keep_door(place)
        if refusal is not None:
            return refusal
    if is_vouched_only() and _was_elsewhere():
        return error_page(
            403,
            title="Your copy needs something of your own",
            text="It has what you wrote in organisations that your organisation’s sign-in does not speak for. Sign in with "
            "your TIA Hub password and second factor to download it.",
        )
    content = get_copy_file(PersonScope.of(scope), file)
    if content is None:
        return see("home.data", "There is no copy to download. It may be older than a week: make a new one.")
    note_download(scope, file)
    return download(content, f"my-data-{today().isoformat()}.{file}", MIMETYPES[file])


@bp.get("/account/erasure")
@signed_in
def erasure(scope: IdentityScope) -> ResponseReturnValue:
    """What goes and what stays if I am erased."""
    return _erasure(scope, ErasureForm())


def _erasure(scope: IdentityScope, form: ErasureForm, status: int = 200) -> ResponseReturnValue:
    own = PersonScope.of(scope)
    everywhere = find_everywhere(own.person_id)
    return page(
        "home/erasure.html",
        status=status,
        form=form,
        asked=find_erasure(own),
        blockers=list_blockers(everywhere),
        fates=fates(everywhere),
        days=WAIT.days,
    )


@bp.post("/account/erasure")
@signed_in
def ask_erasure(scope: IdentityScope) -> ResponseReturnValue:
    """Ask to be erased."""
    form = ErasureForm()
    if not form.validate():
        return _erasure(scope, form, 422)
    try:
        ask_for_erasure(scope)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _erasure(scope, form, 409)
    return see("home.data", "You will be erased. You can withdraw this until then.")


@bp.post("/account/erasure/withdraw")
@signed_in
def stop_erasure(scope: IdentityScope) -> ResponseReturnValue:
    """Not be erased after all."""
    withdraw_erasure(scope)
    return see("home.data", "You will not be erased.")

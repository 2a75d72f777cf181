"""Organisations that ask to join: the public form, the links that were mailed, and the coordinator's page of requests."""

from uuid import UUID, uuid4

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused, error_page
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import public, require
from tia_hub.core.scope import IdentityScope, InvitationScope, JoiningScope, PartnershipScope, transaction
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.tenants.forms.lifecycle import AnswerForm, DeclineForm, JoinForm, QuestionForm
from tia_hub.tenants.forms.organisations import OrganisationForm
from tia_hub.tenants.models.organisations import JoiningRequest
from tia_hub.tenants.presenters.lifecycle import REQUEST_COLOURS
from tia_hub.tenants.queries.joining_requests import (
    find_request,
    get_open_partnership,
    get_request,
    list_areas_to_join,
    list_organisation_names,
    list_requests,
    takes_requests,
)
from tia_hub.tenants.queries.organisations import list_areas
from tia_hub.tenants.scoring import list_similar
from tia_hub.tenants.services.joining_requests import (
    OPEN,
    TooMany,
    answer_question,
    approve_request,
    ask_back,
    confirm_request,
    decline_request,
    send_request,
    set_takes_requests,
)
from tia_hub.tenants.types.organisations import OpenPartnership, RequestState, Sector
from tia_hub.tenants.views.blueprint import bp


def _join_page(partnership: OpenPartnership, form: JoinForm, status: int = 200) -> ResponseReturnValue:
    return page("tenants/join.html", partnership=partnership, form=form, status=status)


@bp.get("/join/<partnership>")
@public
def join(partnership: str) -> ResponseReturnValue:
    """The form with which an organisation asks to join."""
    found = get_open_partnership(IdentityScope.of_request(), partnership)
    with transaction(JoiningScope(partnership_id=found.id), read_only=True) as scope:
        areas = list_areas_to_join(scope)
    return _join_page(found, JoinForm(areas, formdata=None, data={"form_token": uuid4().hex}))


@bp.post("/join/<partnership>")
@public
def ask_to_join(partnership: str) -> ResponseReturnValue:
    """Leave the request; the answer is the same whatever is known of the organisation or of who asks."""
    found = get_open_partnership(IdentityScope.of_request(), partnership)
    token = new_token()
    try:
        with transaction(JoiningScope(partnership_id=found.id, token_hash=hash_token(token))) as scope:
            form = JoinForm(list_areas_to_join(scope))
            if not form.validate():
                return _join_page(found, form, status=422)
            values, address = form.request_values(), request.remote_addr or ""
            send_request(scope, token=token, partnership_name=found.name, address=address, **values)
    except TooMany as refusal:
        return error_page(429, title="Not now", text=str(refusal))
    return see("tenants.join_sent", None, partnership=partnership)


@bp.get("/join/<partnership>/sent")
@public
def join_sent(partnership: str) -> ResponseReturnValue:
    """What happens next."""
    return page("tenants/join_sent.html", partnership=get_open_partnership(IdentityScope.of_request(), partnership))


def _gone() -> ResponseReturnValue:
    return page("tenants/join_gone.html", status=404)


def _find(token: str, state: RequestState) -> JoiningRequest | None:
    with transaction(InvitationScope(token_hash=hash_token(token)), read_only=True) as scope:
        found = find_request(scope)
    return found if found is not None and found.state == state and found.expires_at > now() else None


@bp.get("/joining/<token>")
@public
def joining_link(token: str) -> ResponseReturnValue:
    """What a mailed link leads to: a button that confirms the address."""
    found = _find(token, RequestState.UNCONFIRMED)
    return page("tenants/join_confirm.html", request=found, token=token) if found else _gone()


@bp.post("/joining/<token>")
@public
def confirm_joining(token: str) -> ResponseReturnValue:
    """Confirm the address. The link alone does not: programs that look at mails open those too."""
    try:
        with transaction(InvitationScope(token_hash=hash_token(token))) as scope:
            confirm_request(scope)
    except NotFound:
        return _gone()
    return see("home.index", "Thank you. Your request is with the partnership’s office, which writes to you.")


def _question_page(token: str, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    found = _find(token, RequestState.ASKED)
    return page("tenants/join_answer.html", request=found, token=token, form=form, status=status) if found else _gone()


@bp.get("/joining/<token>/answer")
@public
def joining_question(token: str) -> ResponseReturnValue:
    """A question of the coordinator's office, with a field for its answer."""
    return _question_page(token, AnswerForm(formdata=None))


@bp.post("/joining/<token>/answer")
@public
def answer_joining(token: str) -> ResponseReturnValue:
    """Answer it."""
    form = AnswerForm()
    if not form.validate():
        return _question_page(token, form, status=422)
    try:
        with transaction(InvitationScope(token_hash=hash_token(token))) as scope:
            answer_question(scope, answer=form.answer.data or "")
    except NotFound:
        return _gone()
    return see("home.index", "Thank you. Your answer is with the partnership’s office.")


@bp.get("/p/<partnership>/requests")
@require(Permission.ORGANISATION_MANAGE)
def requests(scope: PartnershipScope) -> ResponseReturnValue:
    """The organisations that ask to join."""
    return page(
        "tenants/requests.html",
        requests=list_requests(scope),
        states=RequestState,
        colours=REQUEST_COLOURS,
        takes=takes_requests(scope),
        address=url_for("tenants.join", partnership=scope.slug, _external=True),
        scope=scope,
    )


@bp.post("/p/<partnership>/requests")
@require(Permission.ORGANISATION_MANAGE)
def switch_requests(scope: PartnershipScope) -> ResponseReturnValue:
    """Open or close the public page."""
    takes = request.form.get("takes") == "yes"
    set_takes_requests(scope, takes=takes)
    message = "Organisations can ask to join by themselves." if takes else "The public page is closed."
    return see("tenants.requests", message, partnership=scope.slug)


def _request_page(
    scope: PartnershipScope, found: JoiningRequest, form: OrganisationForm, status: int = 200
) -> ResponseReturnValue:
    areas = {str(area.id): area.name for area in list_areas(scope)}
    is_open = found.state in OPEN
    others = [each.name for each in list_requests(scope) if each.id != found.id and each.state in OPEN]
    return page(
        "tenants/request.html",
        request=found,
        sector=Sector(found.sector),
        areas=[areas[area_id] for area_id in found.area_ids if area_id in areas],
        state=RequestState(found.state),
        colours=REQUEST_COLOURS,
        is_open=is_open,
        similar=list_similar(found.name, list_organisation_names(scope)) if is_open else [],
        similar_requests=list_similar(found.name, others) if is_open else [],
        form=form,
        scope=scope,
        status=status,
    )


@bp.get("/p/<partnership>/requests/<uuid:request_id>")
@require(Permission.ORGANISATION_MANAGE)
def joining_request(scope: PartnershipScope, request_id: UUID) -> ResponseReturnValue:
    """A request, with what it would become."""
    found = get_request(scope, request_id)
    form = OrganisationForm(
        list_areas(scope),
        formdata=None,
        data={
            "name": found.name,
            "sector": found.sector,
            "headcount": str(found.headcount),
            "areas": found.area_ids,
        },
    )
    return _request_page(scope, found, form)


@bp.post("/p/<partnership>/requests/<uuid:request_id>")
@require(Permission.ORGANISATION_MANAGE)
def approve(scope: PartnershipScope, request_id: UUID) -> ResponseReturnValue:
    """Approve a request; sent twice, it leads to the organisation that the first one made."""
    found = get_request(scope, request_id, lock=True)
    form = OrganisationForm(list_areas(scope))
    valid = form.validate()
    if found.made_id and valid:
        return see(
            "tenants.organisation",
            f"{found.name} was approved by {found.decided_by}.",
            partnership=scope.slug,
            organisation_id=found.made_id,
        )
    if found.state not in OPEN:
        raise Refused(f"The request of {found.name} is decided already, by {found.decided_by}.")
    if not valid:
        return _request_page(scope, found, form, status=422)
    try:
        organisation_id = approve_request(scope, request_id, **form.values())
    except Refused as refusal:
        form.name.errors = [str(refusal)]
        return _request_page(scope, found, form, status=422)
    message = f"{form.name.data} was added, and an invitation is on its way to {found.asker_email}."
    return see("tenants.organisation", message, partnership=scope.slug, organisation_id=organisation_id)


def _words_page(
    scope: PartnershipScope, found: JoiningRequest, form: QuestionForm | DeclineForm, status: int = 200
) -> ResponseReturnValue:
    if found.state not in OPEN:
        raise Refused(f"The request of {found.name} is decided already, by {found.decided_by}.")
    return page("tenants/request_words.html", request=found, form=form, scope=scope, status=status)


@bp.get("/p/<partnership>/requests/<uuid:request_id>/ask")
@require(Permission.ORGANISATION_MANAGE)
def ask(scope: PartnershipScope, request_id: UUID) -> ResponseReturnValue:
    """The form of a question to who asked."""
    return _words_page(scope, get_request(scope, request_id), QuestionForm(formdata=None))


@bp.post("/p/<partnership>/requests/<uuid:request_id>/ask")
@require(Permission.ORGANISATION_MANAGE)
def send_question(scope: PartnershipScope, request_id: UUID) -> ResponseReturnValue:
    """Ask it."""
    form = QuestionForm()
    if not form.validate():
        return _words_page(scope, get_request(scope, request_id), form, status=422)
    found = ask_back(scope, request_id, question=form.question.data or "")
    return see("tenants.requests", f"Your question is on its way to {found.asker_email}.", partnership=scope.slug)


@bp.get("/p/<partnership>/requests/<uuid:request_id>/decline")
@require(Permission.ORGANISATION_MANAGE)
def ask_to_decline(scope: PartnershipScope, request_id: UUID) -> ResponseReturnValue:
    """The form of a reason."""
    return _words_page(scope, get_request(scope, request_id), DeclineForm(formdata=None))


@bp.post("/p/<partnership>/requests/<uuid:request_id>/decline")
@require(Permission.ORGANISATION_MANAGE)
def decline(scope: PartnershipScope, request_id: UUID) -> ResponseReturnValue:
    """Decline a request."""
    form = DeclineForm()
    if not form.validate():
        return _words_page(scope, get_request(scope, request_id), form, status=422)
    found = decline_request(scope, request_id, reason=form.reason.data or "")
    return see("tenants.requests", f"{found.asker_name} is told why {found.name} can’t join.", partnership=scope.slug)

"""Asking somebody about parts of an audit, and the page on which they answer."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.audits.forms import AnswersForm, AskForm
from tia_hub.audits.models import Audit, AuditContribution, AuditRequest
from tia_hub.audits.presenters import ask_choices, legends, request_rows, scope_words, shown_entries
from tia_hub.audits.queries import get_audit, get_request, list_contributions, list_entries, list_requests
from tia_hub.audits.services.requests import ask_somebody, save_contributions, withdraw_request
from tia_hub.audits.services.saving import values_of
from tia_hub.audits.types import AuditState
from tia_hub.audits.views.blueprint import bp
from tia_hub.core.errors import NotFound, error_page
from tia_hub.core.forms import Form
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.queries.people import find_member_by_email, list_members_with_role, list_named_members
from tia_hub.tenants.types.roles import Role


@bp.route("/o/<organisation>/audits/<uuid:audit_id>/ask", methods=["GET", "POST"])
@require(Permission.AUDIT_WRITE)
def ask(scope: OrganisationScope, audit_id: UUID) -> ResponseReturnValue:
    """Whom to ask about what, and who was asked already."""
    audit = get_audit(scope, audit_id)
    form = AskForm(ask_choices(audit.edition))
    if form.validate_on_submit():
        member = find_member_by_email(scope, form.email.data or "")
        if member is not None:
            ask_somebody(
                scope,
                audit_id,
                member,
                chosen=form.codes.data or [],
                note=form.note.data or "",
                due_on=form.due_on.data,
                shows_ours=form.shows.data == "ours",
            )
            message = f"{member.person.name} was asked, and gets an email."
            return see("audits.ask", message, organisation=scope.slug, audit_id=audit_id)
        form.email.errors = ["Nobody here has this address. Invite them first, as a contributor if they are a guest"]
    requests = list_requests(scope, audit_id)
    people = list_named_members(scope, {each.member_id for each in requests}) if requests else []
    return page(
        "audits/ask.html",
        scope=scope,
        audit=audit,
        scope_words=scope_words(audit, scope.name),
        form=form,
        guests=list_members_with_role(scope, [Role.CONTRIBUTOR]),
        rows=request_rows(requests, {member.id: member.person.name for member in people}),
        in_progress=audit.state == AuditState.IN_PROGRESS,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/o/<organisation>/audits/<uuid:audit_id>/requests/<uuid:asked_id>/withdraw")
@require(Permission.AUDIT_WRITE)
def take_back(scope: OrganisationScope, audit_id: UUID, asked_id: UUID) -> ResponseReturnValue:
    """Withdraw what somebody was asked."""
    withdraw_request(scope, audit_id, asked_id)
    message = "The request was withdrawn. What was written is kept."
    return see("audits.ask", message, organisation=scope.slug, audit_id=audit_id)


def _is_open(request: AuditRequest, audit: Audit) -> bool:
    return request.closed_at is None and audit.state == AuditState.IN_PROGRESS


def _answers(audit: Audit, request: AuditRequest, contributions: dict[str, AuditContribution]) -> AnswersForm:
    return AnswersForm(legends(audit.edition, request.codes), contributions)


def _asked_page(
    scope: OrganisationScope,
    request: AuditRequest,
    audit: Audit,
    contributions: dict[str, AuditContribution],
    form: AnswersForm,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    is_open = _is_open(request, audit)
    entries = list_entries(scope, audit.id, request.codes) if request.shows_ours and is_open else {}
    return page(
        "audits/asked.html",
        scope=scope,
        audit=audit,
        scope_words=scope_words(audit, scope.name),
        asked=request,
        is_open=is_open,
        ours=shown_entries(audit.edition, entries),
        said={code: each for code, each in contributions.items() if each.says_something},
        form=form,
        status=status,
    )


@bp.get("/o/<organisation>/asked/<uuid:asked_id>")
@require(Permission.AUDIT_CONTRIBUTE)
def asked(scope: OrganisationScope, asked_id: UUID) -> ResponseReturnValue:
    """What somebody was asked, and what they said."""
    request, audit = get_request(scope, asked_id)
    contributions = list_contributions(scope, asked_id)
    return _asked_page(scope, request, audit, contributions, _answers(audit, request, contributions))


@bp.post("/o/<organisation>/asked/<uuid:asked_id>")
@require(Permission.AUDIT_CONTRIBUTE)
def save_asked(scope: OrganisationScope, asked_id: UUID) -> ResponseReturnValue:
    """Save all of it, or nothing."""
    request, audit = get_request(scope, asked_id)
    contributions = list_contributions(scope, asked_id)
    form = _answers(audit, request, contributions)
    if not (form.token.validate() and form.validate()):
        return _asked_page(scope, request, audit, contributions, form, status=422)
    saved = save_contributions(scope, asked_id, form.sent())
    if saved.conflicts:
        form.ask(saved.entries, saved.merged)
        return _asked_page(scope, request, audit, saved.entries, form, status=409)
    return see("audits.asked", "Your answers are saved. Thank you.", organisation=scope.slug, asked_id=asked_id)


@bp.post("/o/<organisation>/asked/<uuid:asked_id>/criteria/<code>")
@require(Permission.AUDIT_CONTRIBUTE)
def save_answer(scope: OrganisationScope, asked_id: UUID, code: str) -> ResponseReturnValue:
    """Save what is said about one criterion as it is typed; answers what changes on its page."""
    request, audit = get_request(scope, asked_id)
    if not Form().validate():
        return error_page(400)
    contributions = list_contributions(scope, asked_id)
    if code not in contributions:
        raise NotFound
    form = _answers(audit, request, contributions).entries[code]
    if not form.validate():
        return page("audits/_answer.html", scope=scope, asked=request, entry=form, status=422)
    sent = form.sent()
    saved = save_contributions(scope, asked_id, {code: sent})
    entry, merged = saved.entries[code], saved.merged[code]
    if saved.conflicts:
        form.ask(entry, merged.conflicts)
        return page("audits/_answer.html", scope=scope, asked=request, entry=form, status=409)
    values = values_of(entry)
    fresh = _answers(audit, request, saved.entries).entries[code] if merged.kept else form
    return page(
        "audits/_answer_saved.html",
        seen=form.seen_after({name: values[name] for name in merged.kept}),
        chosen=sent.choices,
        kept=merged.kept,
        entry=fresh,
    )

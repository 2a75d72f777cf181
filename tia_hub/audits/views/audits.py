"""The pages of audits."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from tia_hub.audits.forms import WHOLE, ReopenForm, SectionForm, StartForm, make_entry_form
from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.presenters import (
    audit_view,
    count_all,
    count_principles,
    scope_words,
    section_needs,
    state_words,
)
from tia_hub.audits.queries import get_audit, get_audit_with_views, list_audits, list_entries, list_ratings
from tia_hub.audits.sections import Section, list_sections
from tia_hub.audits.services.audits import (
    open_audit,
    reopen_audit,
    share_audit,
    start_audit,
    submit_audit,
    withdraw_audit,
)
from tia_hub.audits.services.saving import save_entries, values_of
from tia_hub.audits.types import AuditState, View
from tia_hub.audits.views.blueprint import bp
from tia_hub.core.errors import NotFound, Refused, error_page
from tia_hub.core.forms import Form
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition
from tia_hub.tenants.queries.people import list_named_members
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.trees import list_paths, name_apart


@bp.get("/o/<organisation>/audits")
@require(Permission.AUDIT_READ)
def index(scope: OrganisationScope) -> ResponseReturnValue:
    """All the audits of the organisation."""
    ratings = list_ratings(scope)
    rows = [
        (
            audit,
            scope_words(audit, scope.name),
            state_words(audit),
            count_all(count_principles(audit.edition, ratings[audit.id])).counts,
        )
        for audit in list_audits(scope)
    ]
    return page("audits/index.html", scope=scope, rows=rows, may_write=scope.may(Permission.AUDIT_WRITE))


@bp.route("/o/<organisation>/audits/start", methods=["GET", "POST"])
@require(Permission.AUDIT_WRITE)
def start(scope: OrganisationScope) -> ResponseReturnValue:
    """Begin an audit."""
    teams = list_teams(scope)
    names = name_apart(teams)
    form = StartForm(scope.name, list_paths(teams))
    if form.validate_on_submit():
        team_id = UUID(form.part.data) if form.part.data != WHOLE else None
        audit_id, new = start_audit(
            scope,
            title=form.title.data or "",
            team_id=team_id,
            team_name=names[team_id] if team_id else None,
        )
        message = "Audit started" if new else "This audit was in progress already, so no second one was started"
        return see("audits.show", message, organisation=scope.slug, audit_id=audit_id)
    return page("audits/start.html", scope=scope, form=form, status=422 if form.is_submitted() else 200)


@bp.get("/o/<organisation>/audits/<uuid:audit_id>")
@require(Permission.AUDIT_READ)
def show(scope: OrganisationScope, audit_id: UUID) -> ResponseReturnValue:
    """The whole of an audit."""
    views: list[View] = []
    if scope.may(Permission.AUDIT_WRITE):
        audit, views = get_audit_with_views(scope, audit_id)
    else:
        audit = get_audit(scope, audit_id)
    people = list_named_members(scope, {view.member_id for view in views}) if views else []
    names = {member.id: member.person.name for member in people}
    return page(
        "audits/show.html",
        scope=scope,
        audit=audit,
        scope_words=scope_words(audit, scope.name),
        state_words=state_words(audit),
        view=audit_view(audit, list_entries(scope, audit_id), views, names),
        edition=get_edition(audit.edition),
        form=Form(),
        may_write=scope.may(Permission.AUDIT_WRITE),
        in_progress=audit.state == AuditState.IN_PROGRESS,
    )


def _section(audit: Audit, code: str) -> Section:
    """A section of an audit. Raises NotFound where its edition has none of this code."""
    found = list_sections(audit.edition).get(code)
    if found is None:
        raise NotFound
    return found


@bp.get("/o/<organisation>/audits/<uuid:audit_id>/<section>")
@require(Permission.AUDIT_WRITE)
def section(scope: OrganisationScope, audit_id: UUID, section: str) -> ResponseReturnValue:
    """One section to write: a principle's criteria and summary, or the summary of the whole."""
    audit = get_audit(scope, audit_id)
    found = _section(audit, section)
    if audit.state != AuditState.IN_PROGRESS:
        return redirect(url_for("audits.show", organisation=scope.slug, audit_id=audit.id, _anchor=found.code))
    entries = list_entries(scope, audit_id, found.codes)
    return _section_page(scope, audit, found, entries, SectionForm(found, entries))


@bp.post("/o/<organisation>/audits/<uuid:audit_id>/<section>")
@require(Permission.AUDIT_WRITE)
def save_section(scope: OrganisationScope, audit_id: UUID, section: str) -> ResponseReturnValue:
    """Save what was changed in a section, all of it or nothing."""
    if not Form().validate():
        stale = get_audit(scope, audit_id)
        found = _section(stale, section)
        entries = list_entries(scope, audit_id, found.codes)
        form = SectionForm(found, entries)
        form.token.validate()
        return _section_page(scope, stale, found, entries, form, status=422)
    audit = open_audit(scope, audit_id)
    found = _section(audit, section)
    entries = list_entries(scope, audit_id, found.codes)
    form = SectionForm(found, entries)
    if not form.validate():
        return _section_page(scope, audit, found, entries, form, status=422)
    saved = save_entries(scope, audit=audit, entries=entries, sent=form.sent())
    if saved.conflicts:
        form.ask(saved.entries, saved.merged)
        return _section_page(scope, audit, found, saved.entries, form, status=409)
    return see("audits.section", "Section saved", organisation=scope.slug, audit_id=audit_id, section=section)


def _section_page(
    scope: OrganisationScope,
    audit: Audit,
    section: Section,
    entries: dict[str, AuditEntry],
    form: SectionForm,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "audits/section.html",
        scope=scope,
        audit=audit,
        scope_words=scope_words(audit, scope.name),
        section=section,
        form=form,
        needs=section_needs(section, entries),
        guidance=get_edition(audit.edition).audit,
        status=status,
    )


@bp.post("/o/<organisation>/audits/<uuid:audit_id>/criteria/<code>")
@require(Permission.AUDIT_WRITE)
def save_entry(scope: OrganisationScope, audit_id: UUID, code: str) -> ResponseReturnValue:
    """Save one criterion, or one summary, as it is typed; answers what changes on its page."""
    if not Form().validate():
        get_audit(scope, audit_id)  # what is another's does not exist, for a stale page too
        return error_page(400)
    audit = open_audit(scope, audit_id)
    section = _section(audit, code.rpartition(".")[0] or code)
    entries = list_entries(scope, audit_id, section.codes)
    if code not in entries:
        raise NotFound
    form = make_entry_form(section, entries[code])
    if not form.validate():
        return page("audits/_entry.html", scope=scope, audit=audit, entry=form, status=422)
    sent = form.sent()
    saved = save_entries(scope, audit=audit, entries=entries, sent={code: sent})
    entry, merged = saved.entries[code], saved.merged[code]
    if saved.conflicts:
        form.ask(entry, merged.conflicts)
        return page("audits/_entry.html", scope=scope, audit=audit, entry=form, status=409)
    values = values_of(entry)
    return page(
        "audits/_saved.html",
        seen=form.seen_after({name: values[name] for name in merged.kept}),
        chosen=sent.choices,
        kept=merged.kept,
        entry=make_entry_form(section, entry, formdata=None) if merged.kept else form,
        needs=section_needs(section, saved.entries),
    )


@bp.route("/o/<organisation>/audits/<uuid:audit_id>/submit", methods=["GET", "POST"])
@require(Permission.AUDIT_WRITE)
def submit(scope: OrganisationScope, audit_id: UUID) -> ResponseReturnValue:
    """What is missing, and the way to submit the audit all the same."""
    form = Form()
    if form.validate_on_submit():
        submit_audit(scope, audit_id=audit_id)
        return see("audits.show", "Audit submitted", organisation=scope.slug, audit_id=audit_id)
    audit = get_audit(scope, audit_id)
    if audit.state != AuditState.IN_PROGRESS:
        return redirect(url_for("audits.show", organisation=scope.slug, audit_id=audit.id))
    view = audit_view(audit, list_entries(scope, audit_id))
    return page(
        "audits/submit.html",
        scope=scope,
        audit=audit,
        view=view,
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.route("/o/<organisation>/audits/<uuid:audit_id>/share", methods=["GET", "POST"])
@require(Permission.AUDIT_WRITE)
def share(scope: OrganisationScope, audit_id: UUID) -> ResponseReturnValue:
    """Exactly what the coordinator will see, and the way to share it."""
    form = Form()
    if form.validate_on_submit():
        share_audit(scope, audit_id=audit_id)
        return see("audits.show", "Shared with the coordinator", organisation=scope.slug, audit_id=audit_id)
    audit = get_audit(scope, audit_id)
    if audit.state != AuditState.SUBMITTED:
        raise Refused("This audit is still in progress. Submit it before you share it with the coordinator.")
    view = audit_view(audit, list_entries(scope, audit_id))
    return page(
        "audits/share.html",
        scope=scope,
        audit=audit,
        scope_words=scope_words(audit, scope.name),
        view=view,
        edition=get_edition(audit.edition),
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/o/<organisation>/audits/<uuid:audit_id>/withdraw")
@require(Permission.AUDIT_WRITE)
def withdraw(scope: OrganisationScope, audit_id: UUID) -> ResponseReturnValue:
    """Stop sharing with the coordinator."""
    withdraw_audit(scope, audit_id=audit_id)
    return see("audits.show", "No longer shared with the coordinator", organisation=scope.slug, audit_id=audit_id)


@bp.route("/o/<organisation>/audits/<uuid:audit_id>/reopen", methods=["GET", "POST"])
@require(Permission.AUDIT_WRITE)
def reopen(scope: OrganisationScope, audit_id: UUID) -> ResponseReturnValue:
    """Take a submitted audit back to work on, for a reason."""
    form = ReopenForm()
    if form.validate_on_submit():
        reopen_audit(scope, audit_id=audit_id, reason=form.reason.data or "")
        return see("audits.show", "Audit reopened", organisation=scope.slug, audit_id=audit_id)
    audit = get_audit(scope, audit_id)
    if audit.state != AuditState.SUBMITTED:
        return redirect(url_for("audits.show", organisation=scope.slug, audit_id=audit.id))
    return page("audits/reopen.html", scope=scope, audit=audit, form=form, status=422 if form.is_submitted() else 200)

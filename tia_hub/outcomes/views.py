"""The pages of outcomes."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tia_hub.core.clock import today
from tia_hub.core.forms import Form
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.outcomes.forms import DescriptionForm, IndicatorForm, reading_form
from tia_hub.outcomes.presenters import element_of, group_indicators, make_trend, reading_lines, stale_words
from tia_hub.outcomes.queries import get_indicator, get_reading, list_indicators, list_readings
from tia_hub.outcomes.services import (
    DateTaken,
    add_indicator,
    add_reading,
    change_indicator,
    correct_reading,
    remove_indicator,
    remove_reading,
    share_indicator,
    withdraw_indicator,
)
from tia_hub.outcomes.types import Frequency, IndicatorKind

bp = Blueprint("outcomes", __name__)

TAKEN = "There is another reading of this date. Choose another date, or correct that reading"


@bp.get("/o/<organisation>/outcomes")
@require(Permission.OUTCOME_READ)
def index(scope: OrganisationScope) -> ResponseReturnValue:
    """The outcomes model with the organisation's indicators."""
    rows = list_indicators(scope)
    return page(
        "outcomes/index.html",
        scope=scope,
        model=current_edition().outcomes,
        groups=group_indicators(rows, today()),
        count=len(rows),
        may_write=scope.may(Permission.OUTCOME_WRITE),
    )


@bp.route("/o/<organisation>/outcomes/new", methods=["GET", "POST"])
@require(Permission.OUTCOME_WRITE)
def add(scope: OrganisationScope) -> ResponseReturnValue:
    """Add an indicator."""
    edition = current_edition()
    form = IndicatorForm(edition.outcomes, element=request.args.get("element"))
    if form.validate_on_submit():
        indicator_id = add_indicator(
            scope,
            token=form.token.data or "",
            edition=edition.code,
            kind=IndicatorKind(form.kind.data),
            description=form.description(),
        )
        return see("outcomes.show", "Indicator added", organisation=scope.slug, indicator_id=indicator_id)
    status = 422 if form.is_submitted() else 200
    return page("outcomes/add.html", scope=scope, form=form, kinds=list(IndicatorKind), status=status)


@bp.get("/o/<organisation>/outcomes/<uuid:indicator_id>")
@require(Permission.OUTCOME_READ)
def show(scope: OrganisationScope, indicator_id: UUID) -> ResponseReturnValue:
    """An indicator with its readings."""
    indicator = get_indicator(scope, indicator_id)
    readings = list_readings(scope, indicator_id)
    frequency = Frequency(indicator.frequency)
    return page(
        "outcomes/show.html",
        scope=scope,
        indicator=indicator,
        kind=IndicatorKind(indicator.kind),
        frequency=frequency,
        element=element_of(indicator),
        readings=reading_lines(indicator, readings),
        trend=make_trend(indicator, readings),
        stale=stale_words(frequency, readings[-1] if readings else None, today()),
        may_write=scope.may(Permission.OUTCOME_WRITE),
    )


@bp.route("/o/<organisation>/outcomes/<uuid:indicator_id>/change", methods=["GET", "POST"])
@require(Permission.OUTCOME_WRITE)
def change(scope: OrganisationScope, indicator_id: UUID) -> ResponseReturnValue:
    """Change what an indicator is about."""
    indicator = get_indicator(scope, indicator_id)
    form = DescriptionForm(get_edition(indicator.edition).outcomes, indicator)
    status = 200
    if form.validate_on_submit():
        if change_indicator(scope, indicator_id=indicator_id, seen_version=form.version(), description=form.description()):
            return see("outcomes.show", "Indicator changed", organisation=scope.slug, indicator_id=indicator_id)
        form.seen_version.data = str(indicator.version)
        status = 409
    elif form.is_submitted():
        status = 422
    return page(
        "outcomes/change.html",
        scope=scope,
        indicator=indicator,
        element=element_of(indicator),
        frequency=Frequency(indicator.frequency),
        form=form,
        conflict=status == 409,
        status=status,
    )


@bp.route("/o/<organisation>/outcomes/<uuid:indicator_id>/remove", methods=["GET", "POST"])
@require(Permission.OUTCOME_WRITE)
def remove(scope: OrganisationScope, indicator_id: UUID) -> ResponseReturnValue:
    """Remove an indicator with its readings."""
    form = Form()
    if form.validate_on_submit():
        name = remove_indicator(scope, indicator_id=indicator_id)
        return see("outcomes.index", f"Removed “{name}”", organisation=scope.slug)
    return page(
        "outcomes/remove.html",
        scope=scope,
        indicator=get_indicator(scope, indicator_id),
        count=len(list_readings(scope, indicator_id)),
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.route("/o/<organisation>/outcomes/<uuid:indicator_id>/sharing", methods=["GET", "POST"])
@require(Permission.OUTCOME_WRITE)
def sharing(scope: OrganisationScope, indicator_id: UUID) -> ResponseReturnValue:
    """What the coordinator would see of an indicator, and the act of sharing it."""
    form = Form()
    if form.validate_on_submit():
        share_indicator(scope, indicator_id=indicator_id)
        return see("outcomes.show", "Shared with the coordinator", organisation=scope.slug, indicator_id=indicator_id)
    indicator = get_indicator(scope, indicator_id)
    return page(
        "outcomes/sharing.html",
        scope=scope,
        indicator=indicator,
        frequency=Frequency(indicator.frequency),
        element=element_of(indicator),
        readings=reading_lines(indicator, list_readings(scope, indicator_id)),
        form=form,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/o/<organisation>/outcomes/<uuid:indicator_id>/withdraw")
@require(Permission.OUTCOME_WRITE)
def withdraw(scope: OrganisationScope, indicator_id: UUID) -> ResponseReturnValue:
    """Stop sharing an indicator."""
    withdraw_indicator(scope, indicator_id=indicator_id)
    return see("outcomes.show", "No longer shared with the coordinator", organisation=scope.slug, indicator_id=indicator_id)


@bp.route("/o/<organisation>/outcomes/<uuid:indicator_id>/readings/new", methods=["GET", "POST"])
@require(Permission.OUTCOME_WRITE)
def read(scope: OrganisationScope, indicator_id: UUID) -> ResponseReturnValue:
    """Record a reading."""
    indicator = get_indicator(scope, indicator_id)
    form = reading_form(indicator)
    status = 200
    if form.validate_on_submit():
        try:
            add_reading(scope, indicator_id=indicator_id, value=form.value())
            return see("outcomes.show", "Reading recorded", organisation=scope.slug, indicator_id=indicator_id)
        except DateTaken:
            form.read_on.errors = [TAKEN]
            status = 409
    elif form.is_submitted():
        status = 422
    return page("outcomes/reading.html", scope=scope, indicator=indicator, reading=None, form=form, status=status)


@bp.route("/o/<organisation>/outcomes/<uuid:indicator_id>/readings/<uuid:reading_id>", methods=["GET", "POST"])
@require(Permission.OUTCOME_WRITE)
def correct(scope: OrganisationScope, indicator_id: UUID, reading_id: UUID) -> ResponseReturnValue:
    """Correct a reading."""
    indicator = get_indicator(scope, indicator_id)
    reading = get_reading(scope, indicator_id, reading_id)
    form = reading_form(indicator, reading)
    status = 200
    if form.validate_on_submit():
        try:
            correct_reading(scope, indicator_id=indicator_id, reading_id=reading_id, value=form.value())
            return see("outcomes.show", "Reading corrected", organisation=scope.slug, indicator_id=indicator_id)
        except DateTaken:
            form.read_on.errors = [TAKEN]
            status = 409
    elif form.is_submitted():
        status = 422
    return page("outcomes/reading.html", scope=scope, indicator=indicator, reading=reading, form=form, status=status)


@bp.post("/o/<organisation>/outcomes/<uuid:indicator_id>/readings/<uuid:reading_id>/remove")
@require(Permission.OUTCOME_WRITE)
def remove_one(scope: OrganisationScope, indicator_id: UUID, reading_id: UUID) -> ResponseReturnValue:
    """Remove a reading."""
    remove_reading(scope, indicator_id=indicator_id, reading_id=reading_id)
    return see("outcomes.show", "Reading removed", organisation=scope.slug, indicator_id=indicator_id)

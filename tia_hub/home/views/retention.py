"""How long an organisation keeps what, and what will go next."""

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import NotFound
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.retention import Rule, period_words, rules_of
from tia_hub.core.scope import OrganisationScope
from tia_hub.home.forms import PeriodForm
from tia_hub.home.presenters.retention import due_rows, kept_elsewhere
from tia_hub.home.retention import RULES
from tia_hub.home.services.retention import NIGHTLY, choose_period, chosen_periods, look_ahead
from tia_hub.home.views.blueprint import bp


@bp.get("/o/<organisation>/retention")
@require(Permission.ORGANISATION_TRAIL)
def retention(scope: OrganisationScope) -> ResponseReturnValue:
    """What is kept for how long, and what the next run takes."""
    return page(
        "home/retention.html",
        scope=scope,
        rows=due_rows(scope, look_ahead(scope)),
        elsewhere=kept_elsewhere(),
        nightly=f"{NIGHTLY:%H:%M}",
    )


def _rule(scope: OrganisationScope, kind: str) -> tuple[Rule, tuple[int, int]]:
    for rule in rules_of(RULES, scope):
        if rule.kind == kind and rule.bounds is not None:
            return rule, rule.bounds
    raise NotFound


@bp.get("/o/<organisation>/retention/<rule>")
@require(Permission.RETENTION_CHOOSE)
def retention_period(scope: OrganisationScope, rule: str) -> ResponseReturnValue:
    """Choose how long one kind of record is kept."""
    found, bounds = _rule(scope, rule)
    days = chosen_periods(scope).get(rule, found.days)
    return _period(scope, found, PeriodForm(bounds, days=f"{days}"))


def _period(scope: OrganisationScope, rule: Rule, form: PeriodForm, status: int = 200) -> ResponseReturnValue:
    least, most = form.bounds
    return page(
        "home/retention_period.html",
        status=status,
        scope=scope,
        form=form,
        rule=rule,
        usual=period_words(rule.days),
        least=least,
        most=most,
    )


@bp.post("/o/<organisation>/retention/<rule>")
@require(Permission.RETENTION_CHOOSE)
def choose_retention_period(scope: OrganisationScope, rule: str) -> ResponseReturnValue:
    """Keep one kind of record for another period."""
    found, bounds = _rule(scope, rule)
    form = PeriodForm(bounds)
    if not form.validate():
        return _period(scope, found, form, 422)
    choose_period(scope, rule, form.chosen())
    return see("home.retention", "The period is saved.", organisation=scope.slug)

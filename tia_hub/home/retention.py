"""How long everything is kept: the rules of all rooms, and of this one. What no rule names is kept."""

from tia_hub.accounts import retention as accounts
from tia_hub.core import retention as core
from tia_hub.core.retention import Rule, delete_rule
from tia_hub.core.scope import InstallationScope
from tia_hub.home.models import PersonalCopy
from tia_hub.tenants import retention as tenants
from tia_hub.trainers import retention as trainers
from tia_hub.training import retention as training

RULES: tuple[Rule, ...] = (
    *training.RULES,
    *tenants.RULES,
    *trainers.RULES,
    *accounts.RULES,
    *core.RULES,
    delete_rule(
        kind="personal_copies",
        words="Copies of what is held on somebody, made for them",
        days=7,
        why="So that they have time to download it.",
        scopes=(InstallationScope,),
        model=PersonalCopy,
        old=lambda scope, before: PersonalCopy.made_at < before,
    ),
)
BY_KIND = {rule.kind: rule for rule in RULES}

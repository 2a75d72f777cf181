"""The application's routes, and who gets which answer from them by their policies."""

from flask import Flask
from werkzeug.routing import Rule

from tests.permissions.world import OWN_THINGS, World
from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.core.policy import SAFE, policy_of
from tia_hub.tenants.types.roles import COORDINATOR_PERMISSIONS, Role
from tia_hub.trainers.types import PROVIDER_PERMISSIONS

PRINCIPALS = (
    "nobody",
    "contributor",
    "staff",
    "colleague",
    "manager",
    "lead",
    "their lead",
    "coordinator",
    "other coordinator",
    "provider",
    "other provider",
)
GRANTED: dict[str, tuple[PlaceKind, frozenset[Permission]]] = {
    "contributor": (PlaceKind.ORGANISATION, Role.CONTRIBUTOR.permissions),
    "staff": (PlaceKind.ORGANISATION, Role.STAFF.permissions),
    "colleague": (PlaceKind.ORGANISATION, Role.STAFF.permissions),
    "manager": (PlaceKind.ORGANISATION, Role.MANAGER.permissions),
    "lead": (PlaceKind.ORGANISATION, Role.LEAD.permissions),
    "coordinator": (PlaceKind.PARTNERSHIP, COORDINATOR_PERMISSIONS),
    "provider": (PlaceKind.PROVIDER, PROVIDER_PERMISSIONS),
}
"""What each has in the places that are theirs; nothing anywhere else."""

FRAMEWORK_THINGS: dict[str, object] = {
    "reader": "practitioners",
    "level": "informed",
    "principle": "safety",
    "section": "safety",
    "code": "safety.1",
    "sheet_kind": "csv",
    "rule": "invitations",
    "file": "json",
}
"""Arguments that name a part of the framework or of the product itself, which is everybody's."""


def routes(app: Flask) -> list[Rule]:
    """Every route of ours, in a fixed order."""
    found = (
        rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and not rule.endpoint.startswith("security.")
    )
    return sorted(found, key=lambda rule: (rule.rule, methods_of(rule)))


def methods_of(rule: Rule) -> list[str]:
    """The methods that a route takes, beside those that go without saying."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def address_of(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    """The path of a route that names these things."""
    known = {name: value for name, value in (FRAMEWORK_THINGS | values).items() if ":" not in name}
    known |= {name.split(":")[1]: value for name, value in values.items() if name.startswith(f"{rule.endpoint}:")}
    missing = rule.arguments - set(known)
    assert not missing, f"{rule.rule} ({rule.endpoint}): the world does not know {sorted(missing)}"
    arguments = {name: known[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, arguments, method=methods_of(rule)[0])


def expected(app: Flask, rule: Rule, method: str, principal: str) -> set[int]:
    """The statuses with which a route may answer somebody who names what is theirs, or what they think is."""
    policy = policy_of(app, rule.endpoint)
    done = {200, 302, 303} if method in SAFE else {400, 422}
    if policy == "public":
        return done | {404}
    if principal == "nobody":
        return {302} if method in SAFE else {401}
    if policy == "signed-in":
        return done if principal in OWN_THINGS.get(rule.endpoint, {principal}) else {404}
    assert isinstance(policy, Permission)
    kind, permissions = GRANTED.get(principal, (None, frozenset()))
    if policy.place is not kind:
        return {404}
    if policy not in permissions:
        return {403}
    if principal not in OWN_THINGS.get(rule.endpoint, {principal}):
        return {404}
    return done | ({409} if method not in SAFE else set())


def get_rules(app: Flask, principal: str, world: World) -> list[Rule]:
    """The pages that somebody can open: their own, and (once, for who is signed out) everybody's."""
    found = []
    for rule in routes(app):
        policy = policy_of(app, rule.endpoint)
        if "GET" not in methods_of(rule) or 200 not in expected(app, rule, "GET", principal):
            continue
        if (policy == "public") is (principal == "nobody"):
            found.append(rule)
    return found

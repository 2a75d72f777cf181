"""The blueprint of this room's pages, and what their lists have in common."""

from flask import Blueprint, Response, request

from tia_hub.core.forms import clean_text

bp = Blueprint("tenants", __name__)

LONGEST_SEARCH = 100

WITH_SECRETS = frozenset({"tenants.invitation", "tenants.accept", "tenants.by_link", "tenants.ask_by_link"})
"""Pages whose address holds a secret."""


@bp.after_request
def _tell_nobody_the_address(response: Response) -> Response:
    """No page that is opened from there learns where from, our own included."""
    if request.endpoint in WITH_SECRETS:
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def asked_for() -> tuple[str, int]:
    """What a list is searched for, and which page of it is wanted; whatever else was sent counts as nothing and the first."""
    search = clean_text(request.args.get("q", ""))[:LONGEST_SEARCH]
    number = request.args.get("page", "1")
    return search, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 1

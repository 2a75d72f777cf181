"""The framework's public pages: to be read by anybody, without an account."""

from flask import Blueprint, Response, abort, request
from flask.blueprints import BlueprintSetupState

from tia_hub.core.pages import page
from tia_hub.core.policy import public
from tia_hub.framework.forms import LevelFinderForm, RoleSearch
from tia_hub.framework.loader import current_edition
from tia_hub.framework.presenters import finder_result, places_for, statement_tables
from tia_hub.framework.types import UnknownCode

bp = Blueprint("framework", __name__, url_prefix="/framework")


@bp.record_once
def _read_editions(state: BlueprintSetupState) -> None:
    """Read them now: a broken edition stops the application from starting, not a page from showing."""
    current_edition()


@bp.get("/")
@public
def index() -> Response:
    """What the framework is, and the way in for each of its readers."""
    return page("framework/index.html", edition=current_edition())


@bp.get("/introduction")
@public
def introduction() -> Response:
    """Introduction, relevance and rationale."""
    return page("framework/introduction.html", edition=current_edition())


@bp.get("/use/<reader>")
@public
def use(reader: str) -> Response:
    """How one kind of reader can use the framework."""
    edition = current_edition()
    try:
        found = edition.reader(reader)
    except UnknownCode:
        abort(404)
    return page("framework/use.html", edition=edition, reader=found, places=places_for(found.code))


@bp.get("/levels")
@public
def levels() -> Response:
    """The practice levels side by side."""
    return page("framework/levels.html", edition=current_edition())


@bp.get("/levels/<level>")
@public
def level(level: str) -> Response:
    """One practice level: both definitions, its statements and its example roles."""
    edition = current_edition()
    try:
        found = edition.level(level)
    except UnknownCode:
        abort(404)
    return page("framework/level.html", edition=edition, level=found, tables=statement_tables(edition, found))


@bp.get("/roles")
@public
def roles() -> Response:
    """Example roles, all of them or those that were searched for."""
    edition = current_edition()
    form = RoleSearch(formdata=request.args)
    valid = form.validate()
    words = form.q.data if valid else ""
    hints = edition.find_roles(words) if words else edition.role_hints
    return page(
        "framework/roles.html",
        status=200 if valid else 422,
        edition=edition,
        form=form,
        words=words,
        hints=hints,
    )


@bp.get("/level-finder")
@public
def level_finder() -> Response:
    """The two questions, and what the answers suggest."""
    edition = current_edition()
    form = LevelFinderForm(edition, formdata=request.args)
    result = None
    if form.sent and form.validate():
        result = finder_result(edition, form.answers())
        form.offer(result.choices)
    status = 422 if form.errors else 200
    return page("framework/level_finder.html", status=status, edition=edition, form=form, result=result)


@bp.get("/audit")
@public
def audit() -> Response:
    """The audit's criteria by principle."""
    return page("framework/audit.html", edition=current_edition())


@bp.get("/training")
@public
def training() -> Response:
    """The manager's questions, the self-assessment's prompts and the questions for selecting training."""
    return page("framework/training.html", edition=current_edition())


@bp.get("/outcomes")
@public
def outcomes() -> Response:
    """The logic model."""
    return page("framework/outcomes.html", edition=current_edition())


@bp.get("/domains")
@public
def domains() -> Response:
    """The domains of implementation."""
    return page("framework/domains.html", edition=current_edition())


@bp.get("/about")
@public
def about() -> Response:
    """Where the framework comes from, and what its text leaves open."""
    return page("framework/about.html", edition=current_edition())

"""The application factory: a table of contents."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from tia_hub.accounts import security
from tia_hub.accounts.notices import bp as notices
from tia_hub.accounts.oidc import asking
from tia_hub.accounts.views import bp as accounts
from tia_hub.audits.teams import AuditsOfTeams
from tia_hub.audits.views import bp as audits
from tia_hub.core import bell, errors, pages, policy, web
from tia_hub.core.clock import format_date, format_time
from tia_hub.core.db import db, engine_options, refuse_a_wrong_role
from tia_hub.framework.views import bp as framework
from tia_hub.home.navigation import NAVIGATION
from tia_hub.home.places import Places
from tia_hub.home.views import bp as home
from tia_hub.leaving.views import bp as leaving
from tia_hub.models import load_models
from tia_hub.outcomes.views import bp as outcomes
from tia_hub.reports.views import bp as reports
from tia_hub.settings import Settings
from tia_hub.tenants.views import bp as tenants
from tia_hub.trainers.views import bp as trainers
from tia_hub.training.views import bp as training

ROOT = Path(__file__).parents[1]
ROOMS = (
    home,
    framework,
    accounts,
    notices,
    tenants,
    audits,
    training,
    trainers,
    outcomes,
    reports,
    leaving,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Raises WrongDatabaseRole or MissingPolicy rather than start with a wall open."""
    settings = settings or Settings()
    app = Flask("tia_hub", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "tia_hub" / "static"))
    app.config.update(web.configure(settings))
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    app.extensions["settings"] = settings
    app.extensions["bell"] = bell.Bell(bell.make_celery(settings))
    app.extensions["resolver"] = Places()
    app.extensions["navigation"] = NAVIGATION
    app.extensions["held_by_teams"] = (AuditsOfTeams(),)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters |= {"date": format_date, "time": format_time}

    load_models()
    db.init_app(app)
    web.register(app, settings)
    pages.register(app)
    errors.register(app)
    security.register(app, settings)
    asking.register(app, settings)
    for room in ROOMS:
        app.register_blueprint(room)

    policy.refuse_open_doors(app)
    with app.app_context(), db.engine.connect() as connection:
        refuse_a_wrong_role(connection)
    return app

"""The application refuses to start with a door open or with a database role that the wall does not hold."""

import pytest
from flask import Flask

from tests.services import Services
from tia_hub.app import create_app
from tia_hub.core.db import WrongDatabaseRole
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import MissingPolicy, refuse_open_doors, require


@pytest.mark.parametrize("role", ["postgres", "tia_owner", "tia_backup"])
def test_a_role_that_sees_past_the_wall_stops_the_application(services: Services, role: str) -> None:
    settings = services.settings.model_copy(update={"database_url": services.postgres.url(role, "tia_hub")})
    with pytest.raises(WrongDatabaseRole):
        create_app(settings)


def test_an_endpoint_without_a_policy_stops_the_application() -> None:
    app = Flask("open")
    app.add_url_rule("/open", view_func=lambda: "", endpoint="open")
    with pytest.raises(MissingPolicy, match="/open"):
        refuse_open_doors(app)


def test_a_route_must_name_the_place_of_its_permission() -> None:
    app = Flask("astray")
    app.add_url_rule("/audits", view_func=require(Permission.AUDIT_READ)(lambda scope: ""), endpoint="astray")
    with pytest.raises(MissingPolicy, match="organisation"):
        refuse_open_doors(app)

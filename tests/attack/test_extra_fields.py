"""Fields that no form has (whose it is, who one is, how it stands): whoever sends them changes nothing by them."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.attack.conftest import Be
from tests.attack.forms import Found
from tests.attack.world import PRINCIPALS
from tests.permissions.world import World

WATCHED = (
    "id",
    "organisation_id",
    "partnership_id",
    "provider_id",
    "person_id",
    "membership_id",
    "home_id",
    "author_id",
    "created_at",
    "fs_uniquifier",
    "active",
    "is_admin",
    "email",
)


def _watched(engine: Engine) -> dict[str, set[str]]:
    """Of every table, the rows' columns that say whose they are."""
    columns = text(
        "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY column_name) FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = ANY(:names) GROUP BY table_name HAVING bool_or(column_name = 'id')"
    )
    with engine.connect() as connection:
        return {
            table: set(connection.execute(text(f"SELECT id || ': ' || ROW({names})::text FROM \"{table}\"")).scalars())
            for table, names in connection.execute(columns, {"names": list(WATCHED)})
        }


@pytest.mark.parametrize("principal", [each for each in PRINCIPALS if each != "nobody"])
def test_fields_that_no_form_has_are_ignored(
    app: Flask, world: World, be: Be, found: dict[str, list[Found]], superuser_engine: Engine, principal: str
) -> None:
    stolen, marker = uuid4(), UUID("deadbeef-dead-beef-dead-beefdeadbeef")
    theirs = world.cast.theirs
    extra = {
        "id": str(marker),
        "organisation_id": str(theirs.tenant.id),
        "partnership_id": str(world.cast.other_region.id),
        "provider_id": str(world.cast.other_trainer.id),
        "membership_id": str(theirs.lead.membership_id),
        "person_id": str(theirs.lead.id),
        "author_id": str(stolen),
        "home_id": str(theirs.tenant.id),
        "slug": "zq-stolen",
        "is_admin": "true",
        "active": "false",
        "created_at": "1999-01-01",
        "fs_uniquifier": "zq-stolen",
        "state": "zq-stolen",
        "permissions": "zq-stolen",
    }
    before = _watched(superuser_engine)
    client = be(principal)
    for form in found[principal]:
        if not form.named("text", "choice", "choices"):
            continue
        sent = {name: value for name, value in extra.items() if name not in form.values and name not in form.kinds}
        answer = client.post(form.action, data={**form.values, **sent})
        assert answer.status_code in {200, 303, 302, 409, 422}, f"{form.endpoint}: {answer.status_code}"
    after = _watched(superuser_engine)
    for table, rows in before.items():
        lost = {row for row in rows - after[table] if row.split(": ")[0] in {new.split(": ")[0] for new in after[table]}}
        assert not lost, f"{table}: rows became somebody else's"
        new = "\n".join(after[table] - rows)
        for stranger in (marker, stolen, theirs.tenant.id, world.cast.other_region.id, world.cast.other_trainer.id):
            assert str(stranger) not in new, f"{table}: a new row of another's"
        assert "zq-stolen" not in new
        assert "1999-01-01" not in new
    with superuser_engine.connect() as connection:
        for table in ("audit", "course", "self_assessment", "report"):
            stolen_states = text(f"SELECT count(*) FROM \"{table}\" WHERE state = 'zq-stolen'")
            assert connection.execute(stolen_states).scalar_one() == 0, table


def test_an_invitation_gives_its_own_role_whatever_is_sent(app: Flask, world: World, superuser_engine: Engine) -> None:
    client = app.test_client()
    token = world.ours["tenants.accept:token"]
    client.submit(
        f"/invitation/{token}",
        {
            "name": "Ivy Lane",
            "password": "three calm harbours",
            "role": "staff",
            "email": "other@example.org",
            "organisation_id": str(world.cast.theirs.tenant.id),
            "active": "",
        },
    )
    with superuser_engine.connect() as connection:
        joined = connection.execute(
            text(
                "SELECT person.email, membership.organisation_id, membership.role FROM person"
                " JOIN membership ON membership.person_id = person.id WHERE person.name = 'Ivy Lane'"
            )
        ).one()
    assert tuple(joined) == ("lead@example.org", world.ours["organisation_id"], "lead")

"""Who may do what is asked at every request: a role that ends or changes holds at the next one."""

import pytest
from sqlalchemy import Engine, text

from tests.cast import Cast


def _change(engine: Engine, query: str, **values: object) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(query), values).rowcount == 1


def test_who_leaves_an_organisation_is_out_at_the_next_request(as_, cast: Cast) -> None:
    place = f"/o/{cast.ours.tenant.slug}"
    leaver = as_(cast.ours.staff)
    assert leaver.get(f"{place}/training/").status_code == 200
    close = f"{place}/people/{cast.ours.staff.membership_id}/close"
    assert as_(cast.ours.lead).submit(close).status_code == 303
    for path in (f"{place}/", f"{place}/training/", f"{place}/audits", f"{place}/courses"):
        assert leaver.get(path).status_code == 404, path
    assert leaver.post(f"{place}/training/start").status_code == 404
    assert cast.ours.tenant.name not in leaver.get("/places").text


@pytest.mark.parametrize("path", ["people", "audits/start", "trail", "publication"])
def test_a_role_that_was_taken_is_gone_at_the_next_request(as_, cast: Cast, superuser_engine: Engine, path: str) -> None:
    address = f"/o/{cast.ours.tenant.slug}/{path}"
    client = as_(cast.ours.lead)
    assert client.get(address).status_code == 200
    _change(superuser_engine, "UPDATE membership SET role = 'staff' WHERE id = :id", id=cast.ours.lead.membership_id)
    assert client.get(address).status_code == 403


def test_offices_and_providers_users_that_end_are_out_too(as_, cast: Cast, superuser_engine: Engine) -> None:
    coordinator, provider = as_(cast.coordinator), as_(cast.provider_user)
    overview, own = f"/p/{cast.region.slug}/", f"/provider/{cast.trainer.slug}/"
    assert coordinator.get(overview).status_code == provider.get(own).status_code == 200
    _change(superuser_engine, "DELETE FROM coordinator WHERE person_id = :id", id=cast.coordinator.id)
    _change(superuser_engine, "DELETE FROM provider_user WHERE person_id = :id", id=cast.provider_user.id)
    assert coordinator.get(overview).status_code == provider.get(own).status_code == 404


def test_a_cookie_that_was_written_with_another_key_is_nobodys(app, cast: Cast) -> None:
    other = type(app)("another installation")
    other.config.update(SECRET_KEY="the key of another installation", SESSION_COOKIE_NAME=app.config["SESSION_COOKIE_NAME"])
    forger = other.test_client()
    with forger.session_transaction() as session:
        session["_user_id"] = cast.ours.lead.key
        session["_fresh"] = True
    cookie = forger.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    client = app.test_client()
    for value in (cookie.value, cookie.value[:-2] + "xx", "", "." * 400, "\x7f"):
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], value)
        assert client.get("/account").status_code == 302

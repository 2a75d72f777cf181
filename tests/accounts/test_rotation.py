"""Changing the installation's secret: cookies, links and stored secrets outlast it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from pydantic import SecretStr, ValidationError

from tests.accounts.conftest import Phone
from tests.accounts.test_second_factor import CODE, set_up, sign_out
from tests.accounts.test_signing_in import sign_in
from tests.accounts.test_typed_text import GO_ON, typed_without_session
from tests.client import StrictClient
from tests.factories.tenants import Someone
from tests.services import Services
from tia_hub.app import create_app
from tia_hub.home.services.erasing import hash_address
from tia_hub.settings import Settings

NEW_KEY = "another secret of the tests alone, long enough"


def rotated(settings: Settings, *, fallbacks: bool = True) -> Flask:
    """The installation after its SECRET_KEY was changed as docs/operations.md says."""
    first = settings.secret_key
    app = create_app(
        settings.model_copy(
            update={
                "secret_key": SecretStr(NEW_KEY),
                "secret_key_fallbacks": [first] if fallbacks else [],
                "data_secret": first,
            }
        )
    )
    app.test_client_class = StrictClient
    return app


def moved(app: Flask, client: StrictClient) -> StrictClient:
    """The same browser, before the application as it is now."""
    other = app.test_client()
    assert isinstance(other, StrictClient)
    other.environ_base.update(client.environ_base)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    if cookie is not None:
        other.set_cookie(cookie.key, cookie.value, secure=app.config["SESSION_COOKIE_SECURE"])
    return other


def test_cookies_forms_and_boxes_go_on_and_are_signed_with_the_new_key(
    services: Services, client: StrictClient, account: Someone
) -> None:
    sign_in(client, account)
    page = client.get("/account/sessions").text
    app = rotated(services.settings)
    after = moved(app, client)
    assert after.get("/account").status_code == 200
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert after.post("/account/sessions/end-others", data={"csrf_token": token}).status_code == 303
    # Once the old key is dropped, what was signed since still holds.
    assert moved(rotated(services.settings, fallbacks=False), after).get("/account").status_code == 200
    assert moved(rotated(services.settings, fallbacks=False), client).get("/account").status_code == 302


def test_a_box_that_was_locked_before_opens_after(services: Services, client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    locked = typed_without_session(client, "/account/email-address", {"email": "their words"})
    after = moved(rotated(services.settings), client)
    sign_in(after, account)
    assert "their words" in after.post(GO_ON, data={"locked": locked}).text


def test_passwords_apps_and_recovery_codes_outlast_it(
    strict_app: Flask, strict_client: StrictClient, account: Someone, time_passes: Callable[[Someone], None]
) -> None:
    phone: Phone = set_up(strict_client, account)
    codes = re.findall(r"<code>([0-9a-f-]+)</code>", strict_client.submit("/account/recovery-codes").text)
    sign_out(strict_client)
    time_passes(account)
    after = moved(rotated(strict_app.extensions["settings"], fallbacks=False), strict_client)
    assert sign_in(after, account).location == f"{CODE}?next=/places"
    assert after.submit(CODE, {"code": phone.code()}).location == "/places"
    sign_out(after)
    sign_in(after, account)
    assert after.submit("/sign-in/recovery-code", {"code": codes[0]}).location == "/places"


def test_the_log_of_erasures_names_the_same_people(services: Services, app: Flask) -> None:
    hashes = set()
    for each in (app, rotated(services.settings)):
        with each.app_context():
            hashes.add(hash_address("sam@example.org"))
    assert len(hashes) == 1


@pytest.mark.parametrize("weak", [{"data_secret": "short"}, {"secret_key_fallbacks": ["short"]}, {"secret_key": "short"}])
def test_no_secret_may_be_short(services: Services, weak: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="at least 32 characters"):
        Settings(**{"secret_key": NEW_KEY, "database_url": services.settings.database_url} | weak)  # type: ignore[arg-type]

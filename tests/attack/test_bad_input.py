"""What nobody would type: every form of every role is sent it, and every page is asked for it in its address."""

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine

from tests.attack.conftest import Be, Pages
from tests.attack.forms import Found, match, what_it_asks
from tests.attack.rows import fingerprint
from tests.attack.sending import Sender
from tests.attack.world import PRINCIPALS
from tests.permissions.world import World

MEGABYTE = 1024 * 1024

NEEDS_MORE_THAN_A_SESSION = {
    "security.two_factor_setup_validate",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.mf_recovery_codes",
    "security.two_factor_rescue",
    "security.tf_select",
    "security.two_factor_setup",
    "security.reset_password",
    "security.change_password",
    "accounts.confirm_passkey",
    "accounts.make_passkey",
    "accounts.remove",
    "accounts.send_address_link",
    "accounts.go_on",
    "accounts.use_sign_in_link",
    "accounts.use_address_link",
}
"""Steps of signing in that only a password or a mail leads to: tests/accounts sends them what nobody would type."""
BY_SCRIPT_OR_AFTER_QUESTIONS = {
    "audits.save_answer",
    "audits.save_asked",
    "audits.save_entry",
    "training.take_level",
    "tenants.go_on_sending",
    "tenants.team_level",
}
"""Sent by the browser's script from a form that is found under another address, after the level finder's answers, and where the
sending of invitations has stopped."""
WHILE_SOMETHING_IS_UNDER_WAY = {
    "tenants.keep_own",
    "tenants.bind_anew",
    "tenants.own_factor",
    "tenants.test_own_sign_in",
    "home.download_data",
    "home.stop_erasure",
    "leaving.ask",
    "leaving.download",
    "leaving.stop",
}
"""Buttons that are there while an organisation or a person is about to go, a copy is ready, a provider is set up, or just after
somebody confirmed who they are: tests/tenants, tests/home, tests/leaving and tests/accounts press them."""

UNSTORABLE = {"NUL": "zk\x00kept", "half a surrogate pair": "zk\ufffdkept"}


def one_of_each(form: Found, *kinds: str) -> list[str]:
    """Names of the form's fields of these kinds, one of those that differ in a number or a code alone."""
    return list({what_it_asks(name): name for name in reversed(form.named(*kinds))}.values())


def names_field(page: JustHTML, name: str) -> bool:
    """Whether the page's error summary leads to a field."""
    return any(
        (link.attrs.get("href") or "").startswith(f"#{name.rsplit('-day', 1)[0]}")
        for link in page.query(".govuk-error-summary__list a")
    )


def test_every_form_is_found(app: Flask, found: dict[str, list[Found]]) -> None:
    reached = {form.endpoint for forms in found.values() for form in forms}
    posted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    named = NEEDS_MORE_THAN_A_SESSION | BY_SCRIPT_OR_AFTER_QUESTIONS | WHILE_SOMETHING_IS_UNDER_WAY
    assert sorted(posted - reached - named) == []
    assert sorted(named & reached) == []


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_text_that_cannot_be_stored_is_refused_named_and_kept(
    distinct: dict[str, list[Found]], be: Be, superuser_engine: Engine, principal: str
) -> None:
    before = fingerprint(superuser_engine)
    sender = Sender(be(principal))
    for form in distinct[principal]:
        for name in one_of_each(form, "text"):
            for what, typed in UNSTORABLE.items():
                answer = sender.send(form, {name: typed}, f"{name}, {what}", {422})
                if answer is None:
                    continue
                if "zk\ufffdkept" not in answer.text:
                    sender.astray.append(f"{form.endpoint} ({name}, {what}): what was typed is gone")
                page = JustHTML(answer.text, sanitize=False)
                if not names_field(page, name) and not form.endpoint.startswith("security."):
                    sender.astray.append(f"{form.endpoint} ({name}, {what}): the field is not named")
    assert not sender.astray, "\n".join(sender.astray)
    assert fingerprint(superuser_engine) == before


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_answers_that_are_not_offered_and_dates_that_are_none_are_refused(
    distinct: dict[str, list[Found]], be: Be, superuser_engine: Engine, principal: str
) -> None:
    before = fingerprint(superuser_engine)
    sender = Sender(be(principal))
    for form in distinct[principal]:
        for name in one_of_each(form, "choice", "choices"):
            for wrong in ("no-such-answer", "\x00", "9" * 40):
                value = [wrong, "another"] if form.kinds[name] == "choices" else wrong
                sender.send(form, {name: value}, f"{name} = {wrong!r}", {400, 422})
        dates = {name.rsplit("-", 1)[0] for name in form.named("date")}
        for date in sorted(dates):
            for day, month, year in (
                ("31", "02", "2027"),
                ("1", "1", "0000"),
                ("1", "1", "9999"),
                ("-1", "13", "2027"),
                ("9" * 30, "1", "2027"),
                ("\x00", "1", "2027"),
                ("١", "1", "2027"),
                ("1", "1", "1e3"),
            ):
                typed = {f"{date}-day": day, f"{date}-month": month, f"{date}-year": year}
                answer = sender.send(form, typed, f"{date} = {day}/{month}/{year}", {422})
                if answer is not None and not names_field(JustHTML(answer.text, sanitize=False), date):
                    sender.astray.append(f"{form.endpoint} ({date} = {day}/{month}/{year}): the field is not named")
    assert not sender.astray, "\n".join(sender.astray)
    assert fingerprint(superuser_engine) == before


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_what_is_far_too_long_is_refused(
    distinct: dict[str, list[Found]], be: Be, superuser_engine: Engine, principal: str
) -> None:
    before = fingerprint(superuser_engine)
    sender = Sender(be(principal))
    for form in distinct[principal]:
        names = one_of_each(form, "text", "secret")
        if not names:
            continue
        sender.send(form, {names[0]: "x" * 10 * MEGABYTE}, f"{names[0]}, 10 MB", {413})
        answer = sender.send(form, dict.fromkeys(names, "long " * 5_000), "25,000 characters everywhere", {422})
        if answer is not None and form.named("text") and "long long" not in answer.text:
            sender.astray.append(f"{form.endpoint}: 25,000 characters are gone")
    assert not sender.astray, "\n".join(sender.astray)
    assert fingerprint(superuser_engine) == before


QUERIES = (
    "page=-1&q=%27%20OR%201=1--&level=nonsense&area=nonsense&audience=x&mode=x&sort=x&state=x&role=x&team=x",
    "page=99999999999999999999&q=%25%5C_&before=0001-01-01T00:00:00%2B14:00",
    "page=2147483648&q[]=1&q=a&q=b&before=9999-12-31T23:59:59-14:00&element=nonsense",
    "page=%D9%A3&q=%ED%A0%80&before=31/02&service=perhaps&worker=yes&closest=x&job=%E2%80%AEx",
    "page=x&page=2&q=" + "x" * 5_000,
)
UNREADABLE = ("q=%00", "%EF%BF%BD=1")


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_no_address_brings_an_error_of_ours(app: Flask, pages: Pages, be: Be, principal: str) -> None:
    client = be(principal)
    astray = []
    others = [path for other in PRINCIPALS[: PRINCIPALS.index(principal)] for path, _ in pages[other]]
    done = {rule.endpoint for path in others if (rule := match(app, path))}
    paths = {rule.endpoint: path for path, _ in pages[principal] if (rule := match(app, path)) and rule.endpoint not in done}
    for path in paths.values():
        for query in (*QUERIES, *UNREADABLE):
            address = f"{path.split('?')[0]}?{query}"
            answer = client.get(address)
            if answer.status_code not in ({400} if query in UNREADABLE else {200, 302, 404, 422}):
                astray.append(f"{address}: {answer.status_code}")
    assert not astray, "\n".join(astray)


def test_numbers_in_addresses_that_no_database_holds_name_nothing(app: Flask, world: World, be: Be) -> None:
    client = be("coordinator")
    path = f"/p/{world.ours['partnership']}/courses/{world.ours['course_id']}/accept"
    page = client.get("/account")
    token = JustHTML(page.text, sanitize=False).query("[name=csrf_token]")[0].attrs["value"]
    for number in ("99999999999999999999", "2147483648", "-1", "0"):
        assert client.post(f"{path}/{number}", data={"csrf_token": token}).status_code in (404, 409), number

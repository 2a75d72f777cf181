"""What a lead can do with outcomes, and what the others of an organisation read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.tenants import Tenant
from tests.statements import counted
from tia_hub.core.scope import transaction
from tia_hub.outcomes.queries import list_shared_readings
from tia_hub.outcomes.types import Frequency, IndicatorKind, SharedReading

COMPLAINTS = {
    "element": "delivery",
    "name": "Complaints about how people were treated",
    "kind": "number",
    "unit": "complaints",
    "source": "Complaints log",
    "frequency": "quarterly",
}


def day(day: int, month: int, year: int) -> dict[str, str]:
    return {"read_on-day": str(day), "read_on-month": str(month), "read_on-year": str(year)}


def shared_by(tenant: Tenant) -> list[SharedReading]:
    with transaction(tenant.scope(), read_only=True) as scope:
        return list_shared_readings(scope)


@pytest.fixture
def make(app: Flask) -> Callable[..., Any]:
    """Calls a factory within the application."""

    def call(factory: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            return factory(*args, **kwargs)

    return call


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/outcomes"


def test_the_first_page_shows_the_model_and_the_first_step(as_, cast: Cast, home: str) -> None:
    shown = as_(cast.ours.lead).get(home)
    for words in ("Enablers", "TI practice components", "Short-term outcomes", "Long-term outcomes", "Financing"):
        assert words in shown.text
    assert "Add your first indicator" in shown.text
    assert "Add" not in as_(cast.ours.staff).get(home).text.split("<main")[1]


def test_a_lead_adds_an_indicator_and_readings_and_everybody_reads_them(as_, cast: Cast, home: str) -> None:
    lead = as_(cast.ours.lead)
    added = lead.submit(f"{home}/new", COMPLAINTS)
    assert added.status_code == 303
    for value, when in (("1,012", day(31, 3, 2026)), ("9", day(30, 6, 2026))):
        recorded = lead.submit(f"{added.location}/readings/new", {"typed": value, "note": "Two were withdrawn"} | when)
        assert recorded.location == added.location
    shown = as_(cast.ours.staff).get(added.location).text
    assert "1,012 complaints" in shown
    assert "30 June 2026" in shown
    assert "Two were withdrawn" in shown
    assert "<svg" in shown
    assert "30 June 2026: 9 complaints" in as_(cast.ours.staff).get(home).text


def test_the_add_page_begins_with_the_element_one_came_from(as_, cast: Cast, home: str) -> None:
    assert '<option value="support" selected>' in as_(cast.ours.lead).get(f"{home}/new?element=support").text
    assert as_(cast.ours.lead).get(f"{home}/new?element=nothing").status_code == 200


def test_each_kind_has_its_own_values(as_, make, cast: Cast, home: str) -> None:
    lead = as_(cast.ours.lead)
    for kind, field, good, shown in (
        (IndicatorKind.PERCENTAGE, "typed", "62.5%", "62.5%"),
        (IndicatorKind.SCALE, "typed", "3.7", "3.7 of 5"),
        (IndicatorKind.WORDS, "words", "People say they feel listened to", "People say they feel listened to"),
    ):
        path = f"{home}/{make(make_indicator, cast.ours.tenant, kind=kind)}"
        assert lead.submit(f"{path}/readings/new", {field: good} | day(1, 2, 2026)).status_code == 303
        assert shown in lead.get(path).text


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        ("percentage", {"typed": "101"}, "The percentage must be between 0 and 100"),
        ("percentage", {"typed": "-1"}, "Enter a number that is 0 or more"),
        ("scale", {"typed": "6"}, "The value must be between 1 and 5"),
        ("number", {"typed": "many"}, "Enter a number that is 0 or more"),
        ("number", {"typed": "1\x00"}, "character that can&#39;t be stored"),
        ("number", {"typed": ""}, "Enter the value"),
        ("number", {"typed": "1", "note": "kept\x00"}, "character that can&#39;t be stored"),
        ("number", {"typed": "1", "note": "y" * 2001}, "must be 2,000 characters or fewer"),
        ("words", {"words": "   "}, "Enter what was said or seen"),
        ("number", {"typed": "1"} | day(31, 2, 2026), "This must be a real date"),
        ("number", {"typed": "1"} | day(1, 1, 2199), "The date must be today or in the past"),
        ("number", {"typed": "1", "read_on-day": "", "read_on-month": "", "read_on-year": ""}, "Enter the date"),
    ],
)
def test_a_reading_that_can_not_be_is_refused_beside_its_field_and_kept(
    as_, make, cast: Cast, home: str, kind, sent, words
) -> None:
    indicator_id = make(make_indicator, cast.ours.tenant, kind=IndicatorKind(kind))
    path = f"{home}/{indicator_id}/readings/new"
    answer = as_(cast.ours.lead).submit(path, day(1, 2, 2026) | {"note": "A note I wrote"} | sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert (
        "kept" in answer.text
        if "note" in sent and "kept" in sent["note"]
        else ("note" in sent or "A note I wrote" in answer.text)
    )
    assert "No reading yet" in as_(cast.ours.lead).get(f"{home}/{indicator_id}").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 201}, "must be 200 characters or fewer"),
        ({"name": "a\x00b"}, "character that can&#39;t be stored"),
        ({"element": "no such part"}, "Choose one of the answers on this page"),
        ({"kind": "colour"}, "Choose one of the answers on this page"),
        ({"frequency": "never"}, "Choose one of the answers on this page"),
        ({"token": "\x00"}, "Your page was not complete"),
    ],
)
def test_an_indicator_that_can_not_be_is_refused_and_kept(as_, cast: Cast, home: str, sent, words) -> None:
    answer = as_(cast.ours.lead).submit(f"{home}/new", COMPLAINTS | sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Complaints log" in answer.text
    assert "No indicators yet" in as_(cast.ours.lead).get(home).text


def test_two_clicks_add_one_indicator_and_one_reading(as_, cast: Cast, home: str) -> None:
    lead = as_(cast.ours.lead)
    sent = COMPLAINTS | {"token": "0123456789abcdef"}
    first, second = (lead.submit(f"{home}/new", sent) for _ in range(2))
    assert first.location == second.location
    for _ in range(2):
        answer = lead.submit(f"{first.location}/readings/new", {"typed": "7"} | day(1, 2, 2026))
        assert answer.status_code == 303
    assert lead.get(first.location).text.count("1 February 2026</th>") == 1


def test_readings_of_one_date_sent_at_once_leave_one(as_, make, cast: Cast, home: str) -> None:
    path = f"{home}/{make(make_indicator, cast.ours.tenant)}"

    def send(number: int) -> int:
        return as_(cast.ours.lead).submit(f"{path}/readings/new", {"typed": str(number)} | day(1, 2, 2026)).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [303, 409, 409, 409]


def test_another_value_for_a_date_is_pointed_out_and_kept(as_, make, cast: Cast, home: str) -> None:
    indicator_id = make(make_indicator, cast.ours.tenant)
    make(make_reading, cast.ours.tenant, indicator_id, date(2026, 2, 1), "7")
    answer = as_(cast.ours.lead).submit(f"{home}/{indicator_id}/readings/new", {"typed": "815"} | day(1, 2, 2026))
    assert answer.status_code == 409
    assert "There is another reading of this date" in answer.text
    assert 'value="815"' in answer.text


def test_a_reading_is_corrected_and_removed(as_, make, cast: Cast, home: str) -> None:
    lead = as_(cast.ours.lead)
    path = f"{home}/{make(make_indicator, cast.ours.tenant)}"
    lead.submit(f"{path}/readings/new", {"typed": "70"} | day(1, 2, 2026))
    correct = lead.get(path).text.split(f'href="{path}/readings/')[2].split('"')[0]
    assert correct != "new"
    page = lead.get(f"{path}/readings/{correct}").text
    assert 'value="70"' in page
    assert 'value="2026"' in page
    assert lead.submit(f"{path}/readings/{correct}", {"typed": "7"} | day(2, 2, 2026)).status_code == 303
    assert "2 February 2026" in lead.get(path).text
    lead.submit(f"{path}/readings/{correct}", button=f"{path}/readings/{correct}/remove")
    assert "No reading yet" in lead.get(path).text


def test_two_leads_who_change_one_indicator_see_each_others_words(as_, make, cast: Cast, home: str) -> None:
    path = f"{home}/{make(make_indicator, cast.ours.tenant)}"
    seen = {"seen_version": "1"}
    change = {"element": "delivery", "frequency": "yearly", "source": "", "unit": ""}
    first = as_(cast.ours.lead).submit(f"{path}/change", change | {"name": "Formal complaints"})
    assert first.status_code == 303
    second = as_(cast.ours.lead).submit(f"{path}/change", change | seen | {"name": "Complaints upheld"})
    assert second.status_code == 409
    assert "Formal complaints" in second.text
    assert 'value="Complaints upheld"' in second.text
    assert "Formal complaints" in as_(cast.ours.staff).get(path).text
    assert as_(cast.ours.lead).submit(f"{path}/change", change | {"name": "Complaints upheld"}).status_code == 303
    assert as_(cast.ours.lead).submit(f"{path}/change", change | {"name": "Other", "seen_version": "²"}).status_code == 409


def test_an_indicator_is_removed_with_its_readings(as_, make, cast: Cast, home: str) -> None:
    indicator_id = make(make_indicator, cast.ours.tenant, "Staff turnover")
    make(make_reading, cast.ours.tenant, indicator_id, date(2026, 2, 1), "7")
    lead = as_(cast.ours.lead)
    assert "Its 1 reading is removed with it" in lead.get(f"{home}/{indicator_id}/remove").text
    assert lead.submit(f"{home}/{indicator_id}/remove").location == home
    assert lead.get(f"{home}/{indicator_id}").status_code == 404


def test_sharing_is_an_act_of_its_own_that_says_what_is_seen_and_can_be_taken_back(
    as_, make, cast: Cast, home: str, empty_queue: None, superuser_engine: Engine
) -> None:
    tenant, lead = cast.ours.tenant, as_(cast.ours.lead)
    indicator_id = make(make_indicator, tenant, kind=IndicatorKind.PERCENTAGE, frequency=Frequency.YEARLY)
    make(make_reading, tenant, indicator_id, date(2026, 2, 1), "62.5", note="A private note")
    assert _jobs(superuser_engine) == []

    assert make(shared_by, tenant) == []
    preview = lead.get(f"{home}/{indicator_id}/sharing").text
    assert "62.5%" in preview
    assert "A private note" not in preview
    lead.submit(f"{home}/{indicator_id}/sharing")
    (shared,) = make(shared_by, tenant)
    assert (shared.number, shared.words, shared.read_on) == (Decimal("62.5"), None, date(2026, 2, 1))
    assert (shared.kind, shared.element, shared.frequency) == (IndicatorKind.PERCENTAGE, "delivery", Frequency.YEARLY)
    assert _jobs(superuser_engine) == [("publish_figures", tenant.id)]

    lead.submit(f"{home}/{indicator_id}/sharing", button=f"{home}/{indicator_id}/withdraw")
    assert make(shared_by, tenant) == []


def _jobs(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT name, home_id FROM job ORDER BY created_at"))]


def test_every_change_of_what_is_shared_is_published(
    as_, make, cast: Cast, home: str, empty_queue: None, superuser_engine: Engine
) -> None:
    tenant = cast.ours.tenant
    indicator_id = make(make_indicator, tenant, shared=True)
    with superuser_engine.begin() as connection:
        connection.execute(text("DELETE FROM job"))
    make(make_reading, tenant, indicator_id, date(2026, 2, 1), "7")
    assert _jobs(superuser_engine) == [("publish_figures", tenant.id)]


def test_an_old_reading_is_said_to_be_old(as_, make, cast: Cast, home: str) -> None:
    indicator_id = make(make_indicator, cast.ours.tenant, frequency=Frequency.MONTHLY)
    make(make_reading, cast.ours.tenant, indicator_id, date(2020, 2, 1), "7")
    staff = as_(cast.ours.staff)
    assert (
        "The last reading is of 1 February 2020. It is meant to be read every month."
        in staff.get(f"{home}/{indicator_id}").text
    )
    assert "Out of date" in staff.get(home).text


def test_only_leads_write(as_, make, cast: Cast, home: str) -> None:
    path = f"{home}/{make(make_indicator, cast.ours.tenant)}"
    for someone in (cast.ours.staff, cast.ours.manager):
        client = as_(someone)
        assert client.get(path).status_code == 200
        for part in (f"{home}/new", f"{path}/change", f"{path}/readings/new", f"{path}/sharing", f"{path}/remove"):
            assert client.get(part).status_code == 403


def test_another_organisations_indicator_is_not_found(as_, make, cast: Cast, home: str) -> None:
    theirs = make(make_indicator, cast.theirs.tenant, "Theirs alone", shared=True)
    lead = as_(cast.ours.lead)
    for part in ("", "/change", "/readings/new", "/sharing", "/remove"):
        assert lead.get(f"{home}/{theirs}{part}").status_code == 404
    assert "Theirs alone" not in lead.get(home).text
    assert make(shared_by, cast.ours.tenant) == []


def test_a_stale_token_keeps_what_was_typed(as_, make, cast: Cast, home: str) -> None:
    path = f"{home}/{make(make_indicator, cast.ours.tenant)}/readings/new"
    answer = as_(cast.ours.lead).submit(path, {"typed": "815", "csrf_token": "old"} | day(1, 2, 2026))
    assert answer.status_code == 422
    assert "Your page had been open too long" in answer.text
    assert 'value="815"' in answer.text


def test_the_list_takes_two_statements_of_its_own(app, as_, make, cast: Cast, home: str) -> None:
    for number in range(5):
        indicator_id = make(make_indicator, cast.ours.tenant, f"Indicator {number}")
        make(make_reading, cast.ours.tenant, indicator_id, date(2026, 2, 1), "7")
    client = as_(cast.ours.lead)
    with counted(app) as statements:
        assert client.get(home).status_code == 200
    assert len(statements) <= 7

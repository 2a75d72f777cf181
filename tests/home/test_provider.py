"""A provider's overview: its own courses, and what waits."""

from datetime import date

from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.trainers import course_details, make_course, make_date, make_live_course, make_offered_course


def test_a_new_provider_is_invited_to_list_a_course(as_, cast: Cast) -> None:
    shown = as_(cast.provider_user).get(f"/provider/{cast.trainer.slug}/").text
    assert "List your first course" in shown
    assert f'href="/provider/{cast.trainer.slug}/courses/new"' in shown


def test_drafts_and_courses_without_a_date_to_come_wait(as_, make, cast: Cast, superuser_engine: Engine) -> None:
    make(make_course, cast.trainer, course_details("A first draft"))
    make(make_offered_course, cast.trainer, course_details("Offered already"))
    dated = make(make_live_course, cast.region, cast.trainer, course_details("With a date"))
    make(make_date, cast.trainer, dated, date(2190, 3, 9))
    over = make(make_live_course, cast.region, cast.trainer, course_details("Date gone by"))
    make(make_date, cast.trainer, over, date(2190, 3, 10))
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE course_date SET day = '2020-03-09' WHERE course_id = :course"), {"course": over})
    shown = as_(cast.provider_user).get(f"/provider/{cast.trainer.slug}/").text
    assert "Finish and offer A first draft" in shown
    assert "Give Date gone by a date" in shown
    assert "Give With a date a date" not in shown
    assert "9 March 2190" in shown
    assert "2020" not in shown
    assert "Offered already" not in shown
    assert "Waiting for the coordinator" in shown


def test_another_providers_courses_do_not_show(as_, make, cast: Cast) -> None:
    make(make_course, cast.other_trainer, course_details("Theirs to finish"))
    assert "Theirs to finish" not in as_(cast.provider_user).get(f"/provider/{cast.trainer.slug}/").text

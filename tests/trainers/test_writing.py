"""What people type, right and wrong: it is kept, the field is named, and a rule says why not."""

from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import check_html
from tests.factories.trainers import make_score
from tia_hub.framework.loader import current_edition
from tia_hub.trainers.types import Met

QUESTIONS = [question.code for question in current_edition().selection.questions]
FINAL = {f"met_{code}": "mostly" for code in QUESTIONS} | {"has_interest": "no", "state": "final"}
COURSE = {"title": "Slow and steady", "level": "skilled", "mode": "online"}


def _courses(cast: Cast) -> str:
    return f"/provider/{cast.trainer.slug}/courses"


def _score(cast: Cast, live: UUID) -> str:
    return f"/o/{cast.ours.tenant.slug}/courses/{live}/score"


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "title": ("", "Enter the title"),
            "level": ("ladder", "Choose one of the answers"),
            "mode": ("", "Choose how people take part"),
            "hours": ("a day", "Length in hours must be a number"),
            "places": ("-3", "Places must be a whole number"),
            "cost": ("12.345", "in pounds must be a number with at most 2 decimal places"),
            "aims": ("a\ufffdb", "can&#39;t be stored"),
        },
        {
            "title": ("a\x00b", "can&#39;t be stored"),
            "audiences": (["nobody"], "Choose one of the answers"),
            "hours": ("0", "between 0.25 and 400"),
            "places": ("2.5", "Places must be a whole number"),
            "cost": ("NaN", "in pounds must be a number"),
        },
        {
            "title": ("x" * 121, "120 characters or fewer"),
            "statements": (["skilled.know.999"], "Choose one of the answers"),
            "hours": ("1e9", "Length in hours must be a number"),
            "places": ("٣", "Places must be a whole number"),
            "cost": ("100000", "between 0 and 99,999"),
        },
    ],
)
def test_a_course_that_is_described_wrongly_comes_back_with_what_was_typed(as_, cast: Cast, wrong) -> None:
    client = as_(cast.provider_user)
    values = {field: value for field, (value, _) in wrong.items()}
    answer = client.submit(f"{_courses(cast)}/new", COURSE | {"transfer": "Kept words"} | values)
    assert answer.status_code == 422
    page = check_html(answer.text, whole=True)
    summary = {link.attrs["href"]: link.to_text() for link in page.query(".govuk-error-summary a")}
    for field, (_, words) in wrong.items():
        (told,) = [text for href, text in summary.items() if href.removeprefix("#").split("-")[0] == field]
        assert words.replace("&#39;", "'") in told
    assert "Kept words" in answer.text


def test_nothing_is_lost_when_the_page_was_open_too_long(as_, cast: Cast, live: UUID) -> None:
    answer = as_(cast.ours.lead).post(_score(cast, live), data=FINAL | {"note_transfer": "Typed for an hour"})
    assert answer.status_code == 422
    assert "Typed for an hour" in answer.text and "open too long" in answer.text


def test_the_same_course_is_not_begun_twice(as_, cast: Cast) -> None:
    client = as_(cast.provider_user)
    assert client.submit(f"{_courses(cast)}/new", COURSE).status_code == 303
    again = client.submit(f"{_courses(cast)}/new", COURSE)
    assert again.status_code == 422 and "You have a course with this title and level already" in again.text


def test_a_course_can_be_offered_only_when_it_is_whole(as_, cast: Cast) -> None:
    client = as_(cast.provider_user)
    own = client.submit(f"{_courses(cast)}/new", COURSE).location
    page = client.get(own).text
    assert "the statements that it covers" in page and f"{own}/offer" not in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    refused = client.post(f"{own}/offer", data={"csrf_token": token})
    assert refused.status_code == 409 and "the course needs for whom it is" in refused.text


def test_a_live_course_stays_whole(as_, cast: Cast, live: UUID) -> None:
    client = as_(cast.provider_user)
    answer = client.submit(f"{_courses(cast)}/{live}/edit", {"aims": "", "transfer": "Kept words"})
    assert answer.status_code == 422 and "needs its aims" in answer.text and "Kept words" in answer.text


def test_a_course_that_was_changed_meanwhile_shows_both_texts_and_lets_one_choose(as_, cast: Cast, live: UUID) -> None:
    first, second, edit = as_(cast.provider_user), as_(cast.provider_user), f"{_courses(cast)}/{live}/edit"
    old = first.get(edit).text.split('name="version" value="')[1].split('"')[0]
    assert first.submit(edit, {"aims": "The first one’s aims"}).status_code == 303
    both = second.submit(edit, {"aims": "The second one’s aims", "version": old})
    assert both.status_code == 409
    assert "The first one’s aims" in both.text and "The second one’s aims" in both.text
    newest = both.text.split('name="version" value="')[1].split('"')[0]
    assert second.submit(edit, {"aims": "The second one’s aims", "version": newest}).status_code == 303
    assert "The second one’s aims" in first.get(f"{_courses(cast)}/{live}").text
    assert second.submit(edit, {"version": "²"}).status_code == 409


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"day-day": "31", "day-month": "2"}, "This must be a real date"),
        ({"day-year": "2001"}, "The date must be today or later"),
        ({"starts_at": "25:00"}, "Enter a time like 09:30"),
        ({"place": ""}, "Enter a place, or a link"),
        ({"link": "javascript:alert(1)"}, "begins with https://"),
    ],
)
def test_a_date_that_can_not_be_is_refused(as_, cast: Cast, live: UUID, given: dict[str, str], words: str) -> None:
    own = f"{_courses(cast)}/{live}"
    right = {"day-day": "9", "day-month": "3", "day-year": "2190", "starts_at": "09:30", "place": "Civic Hall"}
    answer = as_(cast.provider_user).submit(own, right | given)
    assert answer.status_code == 422 and words in answer.text


def test_a_date_is_listed_once_and_can_be_removed(as_, cast: Cast, live: UUID) -> None:
    client, own = as_(cast.provider_user), f"{_courses(cast)}/{live}"
    date = {"day-day": "9", "day-month": "3", "day-year": "2190", "starts_at": "09:30", "place": "Civic Hall"}
    assert client.submit(own, date).status_code == 303
    again = client.submit(own, date)
    assert again.status_code == 422 and "This date is listed already" in again.text
    remove = client.get(own).text.split('/remove"')[0].rsplit('"', 1)[1] + "/remove"
    assert client.submit(own, button=remove).status_code == 303
    assert "No dates yet" in client.get(own).text


def test_the_coordinator_says_why_a_course_is_withdrawn_and_its_provider_reads_it(as_, cast: Cast, live: UUID) -> None:
    coordinator, page = as_(cast.coordinator), f"/p/{cast.region.slug}/courses/{live}"
    silent = coordinator.submit(page, {"reason": " "}, button=f"{page}/withdraw")
    assert silent.status_code == 422 and "Say why you withdraw it" in silent.text
    assert coordinator.submit(page, {"reason": "The trainer has left."}, button=f"{page}/withdraw").status_code == 303
    assert "The trainer has left." in as_(cast.provider_user).get(f"{_courses(cast)}/{live}").text
    lead = as_(cast.ours.lead)
    assert "Steady responses" not in lead.get(f"/o/{cast.ours.tenant.slug}/courses").text
    assert "has been withdrawn" in lead.get(f"/o/{cast.ours.tenant.slug}/courses/{live}").text
    refused = lead.submit(_score(cast, live), FINAL | {"note_transfer": "Kept words"})
    assert (
        refused.status_code == 422 and "can’t be scored" in refused.text.replace("&#39;", "’") and "Kept words" in refused.text
    )


def test_what_was_changed_after_the_coordinator_read_it_is_not_accepted(as_, cast: Cast, offered: UUID) -> None:
    coordinator, page = as_(cast.coordinator), f"/p/{cast.region.slug}/courses/{offered}"
    token = coordinator.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    assert as_(cast.provider_user).submit(f"{_courses(cast)}/{offered}/edit", {"aims": "Other aims"}).status_code == 303
    stale = coordinator.post(f"{page}/accept/2", data={"csrf_token": token})
    assert stale.status_code == 409 and "nothing was accepted" in stale.text and "Other aims" in stale.text
    assert coordinator.submit(page, button=f"{page}/accept/3").status_code == 303
    twice = coordinator.post(f"{page}/accept/3", data={"csrf_token": token})
    assert twice.status_code == 409


def test_a_final_score_answers_everything_and_a_draft_need_not(as_, cast: Cast, live: UUID) -> None:
    lead = as_(cast.ours.lead)
    partly = {key: value for key, value in FINAL.items() if key != "met_transfer"} | {"note_transfer": "Still to ask"}
    answer = lead.submit(_score(cast, live), partly)
    assert answer.status_code == 422
    assert "Answer this question before you make the score final" in answer.text and "Still to ask" in answer.text
    assert lead.submit(_score(cast, live), partly | {"state": "draft"}).status_code == 303
    assert "Still to ask" in lead.get(_score(cast, live)).text


def test_an_interest_needs_words(as_, cast: Cast, live: UUID) -> None:
    answer = as_(cast.ours.lead).submit(_score(cast, live), FINAL | {"has_interest": "yes"})
    assert answer.status_code == 422 and "Say what the interest is" in answer.text


def test_a_score_that_was_changed_meanwhile_shows_both_texts_and_lets_one_choose(app, as_, cast: Cast, live: UUID) -> None:
    with app.app_context():
        make_score(cast.ours.tenant, live, Met.PARTLY, note="The first one’s note")
    lead = as_(cast.ours.lead)
    both = lead.submit(_score(cast, live), FINAL | {"version": "0", "note_transfer": "The second one’s note"})
    assert both.status_code == 409
    assert "The first one’s note" in both.text and "The second one’s note" in both.text
    assert lead.submit(_score(cast, live), FINAL | {"note_transfer": "The second one’s note"}).status_code == 303


def test_a_final_score_has_the_organisations_figures_published_and_is_on_its_trail(
    as_, cast: Cast, live: UUID, superuser_engine: Engine
) -> None:
    assert as_(cast.ours.lead).submit(_score(cast, live), FINAL).status_code == 303
    with superuser_engine.connect() as connection:
        home = {"home": cast.ours.tenant.id}
        jobs = connection.execute(text("SELECT name FROM job WHERE home_id = :home"), home).scalars().all()
        words = connection.execute(
            text("SELECT words FROM trail_event WHERE home_id = :home AND action LIKE 'score%'"), home
        ).scalars()
        assert jobs == ["publish_figures"]
        assert words.all() == ["Finalised the score of the course Steady responses"]


def test_a_provider_is_registered_once_and_with_areas_of_the_partnership(as_, cast: Cast) -> None:
    client, path = as_(cast.coordinator), f"/p/{cast.region.slug}/providers/new"
    given = {"name": "steady GROUND", "email": "hello@steady.example", "about": "Kept words"}
    again = client.submit(path, given)
    assert again.status_code == 422 and "is in the registry already" in again.text and "Kept words" in again.text
    foreign = client.submit(path, given | {"name": "Other", "areas": [str(cast.other_region.areas["North"])]})
    assert foreign.status_code == 422 and "Choose one of the answers" in foreign.text
    wrong = client.submit(path, given | {"name": "Other", "email": "nobody"})
    assert wrong.status_code == 422 and "Enter an email address in the correct format" in wrong.text


def test_two_partnerships_may_have_a_provider_of_the_same_name(as_, cast: Cast) -> None:
    given = {"name": f"Twin {cast.trainer.slug}", "email": "hello@twin.example"}
    for someone, region in ((cast.coordinator, cast.region), (cast.other_coordinator, cast.other_region)):
        assert as_(someone).submit(f"/p/{region.slug}/providers/new", given).status_code == 303


def test_a_provider_says_who_it_is_and_organisations_of_its_areas_find_it(as_, cast: Cast, live: UUID) -> None:
    first, second, path = as_(cast.provider_user), as_(cast.provider_user), f"/provider/{cast.trainer.slug}/profile"
    old = first.get(path).text.split('name="version" value="')[1].split('"')[0]
    told = {"about": "Two nurses", "email": "we@steady.example", "areas": [str(cast.region.areas["South"])]}
    assert first.submit(path, told).status_code == 303
    both = second.submit(path, {"about": "Two teachers", "version": old})
    assert both.status_code == 409 and "Two nurses" in both.text and "Two teachers" in both.text
    lead, courses = as_(cast.ours.lead), f"/o/{cast.ours.tenant.slug}/courses"
    assert "Steady responses" in lead.get(courses, query_string={"area": str(cast.region.areas["South"])}).text
    assert "Steady responses" not in lead.get(courses, query_string={"area": str(cast.region.areas["North"])}).text
    assert "Two nurses" in lead.get(f"{courses}/{live}").text

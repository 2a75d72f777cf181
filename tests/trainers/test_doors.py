"""Who gets to which page of the registry, and what they find."""

from uuid import UUID

import pytest

from tests.cast import Cast
from tests.factories.trainers import course_details, make_live_course, make_offered_course, make_reviewers, make_score
from tests.statements import counted
from tia_hub.framework.types import Audience, PracticeLevel
from tia_hub.trainers.types import Met, Mode


def test_staff_find_courses_and_read_them_but_do_not_score(as_, cast: Cast, live: UUID) -> None:
    client = as_(cast.ours.staff)
    course = f"/o/{cast.ours.tenant.slug}/courses/{live}"
    assert "Steady responses" in client.get(f"/o/{cast.ours.tenant.slug}/courses").text
    assert f'href="{course}/score"' not in client.get(course).text
    assert client.get(f"{course}/score").status_code == 403
    assert client.post(f"{course}/score", data={}).status_code == 403


@pytest.mark.parametrize("state", ["draft", "offered"])
def test_organisations_do_not_find_what_is_not_live(as_, cast: Cast, state: str, request) -> None:
    course_id = request.getfixturevalue(state)
    client = as_(cast.ours.lead)
    assert "No courses found" in client.get(f"/o/{cast.ours.tenant.slug}/courses").text
    assert client.get(f"/o/{cast.ours.tenant.slug}/courses/{course_id}").status_code == 404
    assert client.get(f"/o/{cast.ours.tenant.slug}/courses/{course_id}/score").status_code == 404


def test_the_coordinator_does_not_see_drafts(as_, cast: Cast, draft: UUID) -> None:
    assert as_(cast.coordinator).get(f"/p/{cast.region.slug}/courses/{draft}").status_code == 404


def test_another_providers_courses_look_as_if_they_did_not_exist(as_, cast: Cast, live: UUID) -> None:
    client = as_(cast.other_provider_user)
    assert client.get(f"/provider/{cast.trainer.slug}/courses").status_code == 404
    for page in ("", "/edit"):
        assert client.get(f"/provider/{cast.other_trainer.slug}/courses/{live}{page}").status_code == 404


@pytest.mark.parametrize("action", ["offer", "take-back", "edit"])
def test_another_providers_courses_can_not_be_changed(as_, cast: Cast, live: UUID, action: str) -> None:
    client = as_(cast.other_provider_user)
    own = f"/provider/{cast.other_trainer.slug}/courses"
    token = {"csrf_token": _token(client, f"{own}/new")}
    assert client.post(f"{own}/{live}/{action}", data=token).status_code == 404


def _token(client, path: str) -> str:
    page = client.get(path).text
    return str(page.split('name="csrf_token" value="')[1].split('"')[0])


@pytest.mark.parametrize("page", ["providers", "providers/new"])
def test_leads_and_providers_have_no_registry_to_manage(as_, cast: Cast, page: str) -> None:
    for someone in (cast.ours.lead, cast.provider_user, cast.other_coordinator):
        assert as_(someone).get(f"/p/{cast.region.slug}/{page}").status_code == 404


def test_another_organisations_notes_and_name_are_on_no_page(app, as_, cast: Cast, live: UUID) -> None:
    with app.app_context():
        make_score(cast.theirs.tenant, live, Met.PARTLY, note="Theirs: we met the trainer twice")
        make_reviewers(cast.region, live, Met.MOSTLY, Met.FULLY)
    ours, region, provider = cast.ours.tenant.slug, cast.region.slug, cast.trainer.slug
    seen = [
        as_(cast.ours.lead).get(f"/o/{ours}/courses").text,
        as_(cast.ours.lead).get(f"/o/{ours}/courses/{live}").text,
        as_(cast.ours.lead).get(f"/o/{ours}/courses/{live}/score").text,
        as_(cast.coordinator).get(f"/p/{region}/courses/{live}").text,
        as_(cast.provider_user).get(f"/provider/{provider}/courses/{live}").text,
    ]
    for page in seen:
        assert "Theirs" not in page and "Reviewer 1" not in page
    for page in (seen[0], seen[1], seen[3], seen[4]):
        assert page.count("Mean 2.0 out of 3, lowest to highest 1 to 3, 3 organisations") == 3


def test_a_search_leaves_out_what_does_not_fit(app, as_, cast: Cast) -> None:
    with app.app_context():
        for details in (
            course_details("Calm rooms", level=PracticeLevel.ENHANCED, mode=Mode.ONLINE),
            course_details("Managing kindly", audiences=(Audience.MANAGERS,)),
            course_details("100% listening"),
        ):
            make_live_course(cast.region, cast.trainer, details)
        make_offered_course(cast.trainer, course_details("Calm but not live"))
    client = as_(cast.ours.staff)

    def found(**search: str) -> list[str]:
        page = client.get(f"/o/{cast.ours.tenant.slug}/courses", query_string=search).text
        return [title for title in ("100% listening", "Calm rooms", "Managing kindly", "Calm but not live") if title in page]

    assert found() == ["100% listening", "Calm rooms", "Managing kindly"]
    assert found(words="rooms CALM") == ["Calm rooms"]
    assert found(words="100%") == ["100% listening"]
    assert found(words="steady ground kindly") == ["Managing kindly"]
    assert found(level="enhanced") == ["Calm rooms"]
    assert found(audience="managers") == ["Managing kindly"]
    assert found(mode="online") == ["Calm rooms"]
    assert found(area=str(cast.region.areas["North"])) == []
    wrong = client.get(f"/o/{cast.ours.tenant.slug}/courses?level=ladder")
    assert wrong.status_code == 422 and "Choose one of the answers" in wrong.text


def test_htmx_gets_the_list_alone(as_, cast: Cast, live: UUID) -> None:
    answer = as_(cast.ours.staff).get(f"/o/{cast.ours.tenant.slug}/courses", headers={"HX-Request": "true"})
    assert "Steady responses" in answer.text and "<html" not in answer.text


def test_the_search_sends_as_many_statements_for_many_courses_as_for_one(app, as_, cast: Cast, live: UUID) -> None:
    client, path = as_(cast.ours.lead), f"/o/{cast.ours.tenant.slug}/courses"

    def statements() -> int:
        with counted(app) as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    client.get(path)
    of_one = statements()
    with app.app_context():
        for number in range(21):
            make_live_course(cast.region, cast.other_trainer, course_details(f"Course {number}"))
    assert statements() == of_one
    page = client.get(path).text
    assert "22 courses" in page and 'rel="next"' in page
    assert 'rel="prev"' in client.get(f"{path}?page=2").text
    assert client.get(f"{path}?page=99999999").status_code == 200

"""The main path: a provider is registered, lists a course, the coordinator accepts it, an organisation scores it."""

import re
from uuid import UUID

from sqlalchemy import Engine, text

from tests.cast import Cast
from tia_hub.framework.loader import current_edition


def _last_mail(engine: Engine, to: str) -> str:
    with engine.connect() as connection:
        return str(
            connection.execute(
                text("SELECT text_body FROM email WHERE to_address = :to ORDER BY created_at DESC LIMIT 1"), {"to": to}
            ).scalar_one()
        )


def test_from_registering_a_provider_to_a_course_that_is_scored(as_, client, cast: Cast, superuser_engine: Engine) -> None:
    coordinator, lead = as_(cast.coordinator), as_(cast.ours.lead)
    slug = cast.region.slug
    answer = coordinator.submit(
        f"/p/{slug}/providers/new",
        {
            "name": "Quiet Harbour Training",
            "about": "Two trainers with lived experience.",
            "email": "hello@quiet.example",
            "areas": [str(cast.region.areas["North"])],
        },
    )
    assert answer.status_code == 303
    entry = answer.location
    invited = f"new-{cast.trainer.slug}@quiet.example"
    assert coordinator.submit(entry, {"email": invited.upper()}).status_code == 303
    assert f"{invited}" in coordinator.get(entry).text
    found = re.search(r"http://localhost(/provider-invitation/\S+)", _last_mail(superuser_engine, invited))
    assert found
    link = found[1]

    assert "Quiet Harbour Training" in client.get(link).text
    accepted = client.submit(link, {"name": "Quinn Harbour", "password": "three random words"})
    assert accepted.status_code == 303 and accepted.location.startswith("/provider/quiet-harbour-training")
    assert client.get(link).status_code == 410
    provider = re.search(r"/provider/quiet-harbour-training[a-z0-9-]*", accepted.location)
    assert provider
    courses = f"{provider[0]}/courses"
    assert "No courses yet" in client.get(courses).text

    created = client.submit(
        f"{courses}/new",
        {
            "title": "Responding with calm",
            "level": "skilled",
            "audiences": ["all_workers", "managers"],
            "statements": ["skilled.know.1", "skilled.know.2"],
            "aims": "People can respond with calm.",
            "hours": "6.5",
            "mode": "blended",
            "places": "16",
            "cost": "£1,120.50",
        },
    )
    assert created.status_code == 303
    own = created.location
    dated = client.submit(
        own, {"day-day": "9", "day-month": "3", "day-year": "2190", "starts_at": "9:30", "place": "Civic Hall"}
    )
    assert dated.status_code == 303
    assert "9 March 2190 at 09:30" in client.get(own).text
    assert client.submit(own, button=f"{own}/offer").status_code == 303
    assert "Waiting for the coordinator" in client.get(own).text

    course_id = own.rsplit("/", 1)[1]
    assert "Responding with calm" in coordinator.get(f"/p/{slug}/providers").text
    checked = f"/p/{slug}/courses/{course_id}"
    assert coordinator.submit(checked, button=f"{checked}/accept/2").status_code == 303

    page = lead.get(f"/o/{cast.ours.tenant.slug}/courses").text
    assert "Responding with calm" in page and "£1,120.50" in page and "9 March 2190" in page
    score = f"/o/{cast.ours.tenant.slug}/courses/{course_id}/score"
    page = lead.get(score).text
    for question in current_edition().selection.questions:
        assert question.text in page
    answers = {f"met_{question.code}": "mostly" for question in current_edition().selection.questions}
    scored = lead.submit(score, answers | {"has_interest": "no", "note_closes_gaps": "Ours alone", "state": "final"})
    assert scored.status_code == 303
    page = lead.get(scored.location).text
    assert "Mostly met" in page and "Fewer than 3 organisations have reviewed it" in page
    assert "Ours alone" in lead.get(score).text


def test_another_partnership_finds_none_of_it(as_, cast: Cast, live: UUID) -> None:
    assert as_(cast.ours.staff).get(f"/o/{cast.ours.tenant.slug}/courses/{live}").status_code == 200
    assert as_(cast.coordinator).get(f"/p/{cast.region.slug}/courses/{live}").status_code == 200
    assert as_(cast.other_coordinator).get(f"/p/{cast.other_region.slug}/courses/{live}").status_code == 404

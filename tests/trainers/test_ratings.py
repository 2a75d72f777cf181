"""Who sees what of a score: figures for everybody from three organisations on, notes for their organisation alone."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from tests.cast import Cast
from tests.factories.tenants import make_organisation, make_region
from tests.factories.trainers import course_details, make_live_course, make_reviewers, make_score
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import PracticeLevel, QuestionOwner
from tia_hub.trainers.queries import (
    find_score,
    get_course,
    get_own_course,
    list_own_scores,
    list_published_ratings,
    summarise_registry,
)
from tia_hub.trainers.types import Met, ScoreState

pytestmark = pytest.mark.usefixtures("context")

EDITION = current_edition()
OWNER = {question.code: question.owner for question in EDITION.selection.questions}


def _published(cast: Cast, course_id):
    with transaction(cast.ours.tenant.scope()) as scope:
        course = get_course(scope, course_id)
        return course, list_published_ratings(scope, [course])


def test_nothing_is_published_until_three_organisations_have_rated(cast: Cast, live) -> None:
    make_reviewers(cast.region, live, Met.MOSTLY, Met.MOSTLY)
    assert _published(cast, live)[1] == {}
    make_reviewers(cast.region, live, Met.FULLY)
    assert {figures.organisations for figures in _published(cast, live)[1].values()} == {3}


def test_the_providers_and_the_courses_questions_are_published_and_the_organisations_own_are_not(cast: Cast, live) -> None:
    make_reviewers(cast.region, live, Met.NOT_MET, Met.MOSTLY, Met.FULLY)
    course, published = _published(cast, live)
    assert published.keys() == {
        (course.id if owner is QuestionOwner.COURSE else course.provider_id, code)
        for code, owner in OWNER.items()
        if owner is not QuestionOwner.ORGANISATION
    }
    for figures in published.values():
        assert (float(figures.mean), float(figures.lowest), float(figures.highest)) == (1.7, 0.0, 3.0)


def test_the_providers_score_is_of_all_its_courses_with_one_voice_for_each_organisation(cast: Cast, live) -> None:
    other = make_live_course(cast.region, cast.trainer, course_details("Another course"))
    make_score(cast.ours.tenant, live, Met.NOT_MET)
    make_score(cast.ours.tenant, other, Met.MOSTLY)
    make_reviewers(cast.region, other, Met.FULLY, Met.FULLY)
    course, published = _published(cast, live)
    provider_codes = [code for code, owner in OWNER.items() if owner is QuestionOwner.PROVIDER]
    for code in provider_codes:
        figures = published[course.provider_id, code]
        assert (figures.organisations, float(figures.lowest), float(figures.mean)) == (3, 1.0, 2.3)
    assert not [key for key in published if key[0] == course.id], "one organisation alone has rated this course"


def test_a_declared_interest_is_counted_beside_the_ratings(cast: Cast, live) -> None:
    make_reviewers(cast.region, live, Met.MOSTLY, Met.MOSTLY)
    make_score(cast.ours.tenant, live, Met.FULLY, interest="We fund this provider")
    assert {figures.interests for figures in _published(cast, live)[1].values()} == {1}


def test_a_draft_gives_no_rating_and_takes_back_those_given(cast: Cast, live) -> None:
    make_reviewers(cast.region, live, Met.MOSTLY, Met.MOSTLY)
    make_score(cast.ours.tenant, live, state=ScoreState.DRAFT)
    assert _published(cast, live)[1] == {}
    make_score(cast.ours.tenant, live, version=1)
    assert _published(cast, live)[1] != {}
    make_score(cast.ours.tenant, live, version=2, state=ScoreState.DRAFT)
    assert _published(cast, live)[1] == {}


def test_ratings_of_another_partnership_are_never_counted(cast: Cast, live, owner_engine: Engine) -> None:
    make_reviewers(cast.region, live, Met.MOSTLY, Met.MOSTLY, Met.MOSTLY)
    elsewhere = make_organisation(make_region(owner_engine, "Elsewhere"))
    with transaction(elsewhere.scope()) as scope:
        rows = scope.session.execute(
            text("SELECT * FROM published_ratings(ARRAY[:course], ARRAY[:provider])"),
            {"course": live, "provider": cast.trainer.id},
        )
        assert rows.all() == []


def test_a_provider_gets_figures_of_its_own_courses_alone(cast: Cast, live) -> None:
    make_reviewers(cast.region, live, Met.MOSTLY, Met.MOSTLY, Met.FULLY)
    with transaction(cast.trainer.scope()) as scope:
        assert list_published_ratings(scope, [get_own_course(scope, live)])
    with transaction(cast.other_trainer.scope()) as scope:
        rows = scope.session.execute(
            text("SELECT * FROM published_ratings(ARRAY[:course], ARRAY[:provider])"),
            {"course": live, "provider": cast.trainer.id},
        )
        assert rows.all() == []


@pytest.mark.parametrize("table", ["course_rating", "course_score", "selection_answer"])
@pytest.mark.parametrize("side", ["provider", "partnership"])
def test_neither_providers_nor_the_coordinator_can_reach_raw_answers(cast: Cast, live, table: str, side: str) -> None:
    make_score(cast.ours.tenant, live, note="Ours alone")
    scope = cast.trainer.scope() if side == "provider" else cast.region.scope()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(scope):
        scope.session.execute(text(f"SELECT * FROM {table}"))


@pytest.mark.parametrize("table", ["course_rating", "course_score", "selection_answer"])
def test_another_organisation_reads_none_of_our_rows(cast: Cast, live, table: str) -> None:
    make_score(cast.ours.tenant, live, note="Ours alone")
    with transaction(cast.theirs.tenant.scope()) as scope:
        count = scope.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        assert count == 0
        assert find_score(scope, live) is None
        assert list_own_scores(scope) == []


def test_an_organisation_can_not_rate_in_anothers_name(cast: Cast, live) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction(cast.ours.tenant.scope()) as scope,
    ):
        scope.session.execute(
            text(
                "INSERT INTO course_rating (organisation_id, course_id, question, partnership_id, provider_id, owner, rating, "
                "interest, rated_at) VALUES (:them, :course, 'transfer', :region, :provider, 'provider', 0, false, now())"
            ),
            {
                "them": cast.theirs.tenant.id,
                "course": live,
                "region": cast.region.id,
                "provider": cast.trainer.id,
            },
        )


def test_drafts_are_walled_off_from_organisations_and_the_coordinator(cast: Cast, draft) -> None:
    for scope in (cast.ours.tenant.scope(), cast.region.scope(), cast.other_trainer.scope()):
        with transaction(scope):
            assert scope.session.execute(text("SELECT count(*) FROM course WHERE id = :id"), {"id": draft}).scalar_one() == 0


def test_own_scores_name_course_and_provider_and_hold_no_notes(cast: Cast, live) -> None:
    make_score(cast.ours.tenant, live, Met.PARTLY, note="Ours alone")
    with transaction(cast.ours.tenant.scope()) as scope:
        (score,) = list_own_scores(scope)
    assert (score.course_title, score.provider_name, score.state) == ("Steady responses", "Steady Ground", ScoreState.FINAL)
    assert score.met == dict.fromkeys(OWNER, Met.PARTLY)
    assert "Ours alone" not in repr(score)


def test_the_registry_in_counts(app: Flask, cast: Cast, live, draft) -> None:
    with transaction(cast.region.scope()) as scope:
        summary = summarise_registry(scope)
    assert summary.providers == 2
    assert summary.live_courses == {level: int(level is PracticeLevel.SKILLED) for level in PracticeLevel}
    assert summary.courses_with_dates == 0
    assert summary.statements == {"skilled.know.1": 1, "skilled.know.2": 1}

"""Two people at once: nothing is overwritten unasked, and nothing is made twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from tests.cast import Cast
from tests.factories.trainers import course_details
from tia_hub.core.errors import Refused
from tia_hub.core.scope import transaction
from tia_hub.trainers.queries import find_score, list_own_courses, list_providers
from tia_hub.trainers.services.courses import create_course
from tia_hub.trainers.services.providers import register_provider
from tia_hub.trainers.services.scores import save_score
from tia_hub.trainers.types import Answer, ChangedMeanwhile, Met, ScoreState

AT_ONCE = 6


def at_once(app: Flask, do) -> list[str]:
    """What came of doing something in several threads that all start together."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> str:
        with app.app_context():
            barrier.wait()
            try:
                do(number)
            except (Refused, ChangedMeanwhile) as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(one, range(AT_ONCE)))


def test_of_several_first_scores_one_is_kept_and_the_others_are_told(app: Flask, cast: Cast, live) -> None:
    def score(number: int) -> None:
        with transaction(cast.ours.tenant.scope()) as scope:
            save_score(
                scope,
                course_id=live,
                version=0,
                state=ScoreState.DRAFT,
                interest="",
                answers={"transfer": Answer(met=Met.PARTLY, note=f"Note {number}")},
            )

    assert at_once(app, score) == ["ChangedMeanwhile"] * (AT_ONCE - 1) + ["done"]
    with app.app_context(), transaction(cast.ours.tenant.scope()) as scope:
        kept = find_score(scope, live)
        assert kept is not None and kept.version == 1


def test_a_provider_registered_several_times_at_once_is_there_once(app: Flask, cast: Cast) -> None:
    def register(number: int) -> None:
        with transaction(cast.region.scope()) as scope:
            register_provider(scope, name="Double Click Training", about="", email="a@b.example", area_ids=())

    assert at_once(app, register) == ["Refused"] * (AT_ONCE - 1) + ["done"]
    with app.app_context(), transaction(cast.region.scope()) as scope:
        assert [provider.name for provider, _ in list_providers(scope)].count("Double Click Training") == 1


def test_a_course_begun_several_times_at_once_is_there_once(app: Flask, cast: Cast) -> None:
    def create(number: int) -> None:
        with transaction(cast.trainer.scope()) as scope:
            create_course(scope, details=course_details("Double click"))

    assert at_once(app, create) == ["Refused"] * (AT_ONCE - 1) + ["done"]
    with app.app_context(), transaction(cast.trainer.scope()) as scope:
        assert len(list_own_courses(scope)) == 1

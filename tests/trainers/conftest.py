"""Courses that most tests of the registry begin with."""

from uuid import UUID

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.trainers import course_details, make_course, make_live_course, make_offered_course


@pytest.fixture
def draft(app: Flask, cast: Cast) -> UUID:
    with app.app_context():
        return make_course(cast.trainer, course_details("Course in the making"))


@pytest.fixture
def offered(app: Flask, cast: Cast) -> UUID:
    with app.app_context():
        return make_offered_course(cast.trainer, course_details("Offered course"))


@pytest.fixture
def live(app: Flask, cast: Cast) -> UUID:
    with app.app_context():
        return make_live_course(cast.region, cast.trainer, course_details("Steady responses"))

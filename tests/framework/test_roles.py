"""Example roles are hints, each under the level or levels that the document lists it under."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tia_hub.framework.types import Edition


@pytest.mark.parametrize(
    ("level", "first", "last", "count"),
    [
        ("informed", "Shop Workers", "All School staff", 5),
        ("skilled", "GPs", "Counsellors", 17),
        ("enhanced", "Mental Health Nurses and Workers", "Specialist Counsellors", 11),
        ("specialist", "Social Workers with Specialist Roles/Training", "Other Therapists", 6),
    ],
)
def test_roles_stand_under_the_right_level(edition: Edition, level: str, first: str, last: str, count: int) -> None:
    roles = edition.level(level).example_roles
    assert (roles[0], roles[-1], len(roles)) == (first, last, count)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("taxi driver", {("Taxi Drivers", "informed")}),
        ("GP", {("GPs", "skilled")}),
        ("a&e", {("A&E Workers", "skilled")}),
        ("Teacher", {("Teachers", "skilled"), ("Educational Support Teachers", "enhanced")}),
        ("psychiatrist", {("some Psychiatrists", "enhanced"), ("Some Psychiatrists", "specialist")}),
        (
            "social worker",
            {("Social Workers", "enhanced"), ("Social Workers with Specialist Roles/Training", "specialist")},
        ),
        ("pastoral staff", {("Pastoral/Send Staff", "skilled")}),
        (
            "primary school teacher",
            {
                ("All School staff", "informed"),
                ("Teachers", "skilled"),
                ("Educational Support Teachers", "enhanced"),
            },
        ),
        ("astronaut", set()),
        ("some of the other", set()),
        ("", set()),
        ("  \x00 ", set()),
    ],
)
def test_searching_for_a_role(edition: Edition, words: str, found: set[tuple[str, str]]) -> None:
    assert {(hint.role, hint.level.value) for hint in edition.find_roles(words)} == found


def test_every_role_is_found_by_its_own_name(edition: Edition) -> None:
    for hint in edition.role_hints:
        assert hint in edition.find_roles(hint.role)


@settings(deadline=None)
@given(words=st.text(max_size=200))
def test_any_text_may_be_searched_for(edition: Edition, words: str) -> None:
    assert set(edition.find_roles(words)) <= set(edition.role_hints)

"""Addresses that are pasted: read as people write them, shown line by line, then invited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.cast import Cast
from tests.factories.tenants import unique
from tests.tenants.mails import rows
from tia_hub.tenants.pasting import MOST_LINES, read_lines, without


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("sam.field@example.org", "Sam Field", "sam.field@example.org"),
        ("Sam Field <Sam@Example.org>", "Sam Field", "sam@example.org"),
        ('"Field, Sam" <sam@example.org>,', "Field, Sam", "sam@example.org"),
        ("<sam@example.org>", "Sam", "sam@example.org"),
        ("sam@example.org, Sam Field", "Sam Field", "sam@example.org"),
        ("Sam Field; sam@example.org", "Sam Field", "sam@example.org"),
        ("Sam\tField\tsam@example.org", "Sam Field", "sam@example.org"),
        ("siân.ŵyn@example.org", "Siân Ŵyn", "siân.ŵyn@example.org"),
    ],
)
def test_a_line_is_read_as_people_write_it(text: str, name: str, email: str) -> None:
    [line] = read_lines(text)
    assert (line.name, line.email, line.fault) == (name, email, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sam Field", "no email address"),
        ("sam@example", "no email address"),
        ("sam@example.org, kim@example.org", "more than one"),
        ("sam@example.org, " + "x" * 300, "200 characters or fewer"),
        ("sam@example.org, a\x00b", "can't be stored"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(text: str, words: str) -> None:
    [line] = read_lines(text)
    assert words in line.fault


def test_lines_keep_their_numbers_and_a_second_of_the_same_is_a_fault() -> None:
    lines = read_lines("a@example.org\n\nB, b@example.org\nA@example.org")
    assert [(line.number, bool(line.fault)) for line in lines] == [(1, False), (3, False), (4, True)]
    assert "line 1" in lines[2].fault


@given(st.text(max_size=300))
def test_whatever_is_pasted_each_line_is_a_person_or_a_fault_and_none_is_lost(pasted: str) -> None:
    lines = read_lines(pasted)
    assert [line.text for line in lines] == [text.strip() for text in pasted.split("\n") if text.strip()]
    assert all(bool(line.fault) != bool(line.email and line.name) for line in lines)
    faulty = [line for line in lines if line.fault]
    left = without(pasted, [line for line in lines if not line.fault])
    assert [text.strip() for text in left.split("\n") if text.strip()] == [line.text for line in faulty]


def test_the_list_is_shown_before_anybody_is_invited(as_, cast: Cast, superuser_engine: Engine) -> None:
    stem, lead = unique("paste"), as_(cast.ours.lead)
    page = f"/o/{cast.ours.tenant.slug}/people/invite/many"
    pasted = f"{stem}-1@example.org\nKim Lee <{stem}-2@example.org>\n{cast.ours.staff.email}"
    shown = lead.submit(page, {"addresses": pasted, "role": "manager", "manager": str(cast.ours.manager.membership_id)})
    assert shown.status_code == 200
    assert "Invite 2 people" in shown.text and "Belongs to the organisation already" in shown.text
    count = "SELECT count(*) FROM invitation WHERE email LIKE :stem"
    assert rows(superuser_engine, count, stem=f"{stem}%") == [(0,)]
    data = {"addresses": pasted, "role": "manager", "manager": str(cast.ours.manager.membership_id), "step": "invite"}
    sent = lead.submit(page, data)
    assert sent.status_code == 303
    kept = "SELECT name, role, manager_email, token_hash FROM invitation WHERE email = :email"
    assert rows(superuser_engine, kept, email=f"{stem}-2@example.org") == [
        ("Kim Lee", "manager", cast.ours.manager.email, None)
    ]
    assert "2 invitations are on the way. 1 belonged to the organisation already." in lead.get(sent.location).text


def test_lines_with_faults_are_named_and_stay_when_the_others_are_invited(as_, cast: Cast, superuser_engine: Engine) -> None:
    stem, lead = unique("paste"), as_(cast.ours.lead)
    page = f"/o/{cast.ours.tenant.slug}/people/invite/many"
    pasted = f"{stem}-1@example.org\nNobody in particular\n{stem}-2@example.org"
    shown = lead.submit(page, {"addresses": pasted})
    assert shown.status_code == 422
    assert "1 line can’t be used" in shown.text and "There is no email address in it" in shown.text
    sent = lead.submit(page, {"addresses": pasted, "step": "invite"})
    assert sent.status_code == 200
    assert "2 invitations are on the way" in sent.text
    assert "Nobody in particular</textarea>" in sent.text
    assert rows(superuser_engine, "SELECT count(*) FROM invitation WHERE email LIKE :stem", stem=f"{stem}%") == [(2,)]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"addresses": ""}, "Paste the addresses"),
        ({"addresses": "a@example.org\n" * (MOST_LINES + 1)}, "lines or fewer at a time"),
        ({"addresses": "a@example.org", "role": "emperor"}, "Choose one of the answers"),
    ],
)
def test_a_list_that_can_not_be_taken_is_kept(as_, cast: Cast, entry: dict[str, str], words: str) -> None:
    answer = as_(cast.ours.lead).submit(f"/o/{cast.ours.tenant.slug}/people/invite/many", entry)
    assert answer.status_code == 422
    assert words in answer.text
    assert entry["addresses"].strip() in answer.text

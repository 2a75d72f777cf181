"""The same forms in a browser without JavaScript: an audit, a self-assessment with its plans, and a score."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.cast import Cast
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, signed_in
from tests.e2e.visitor import Visitor, visiting
from tests.factories.tenants import Someone
from tests.factories.trainers import course_details, make_live_course

pytestmark = pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)

COURSE = "Safe first conversations"


@pytest.fixture
def visit(app: Flask, browser: Browser, address: str) -> Iterator[Callable[[Someone], Visitor]]:
    """Somebody who is signed in, at the first page of where they belong."""
    with ExitStack() as stack:

        def arrive(someone: Someone) -> Visitor:
            visitor = stack.enter_context(visiting(browser, address, someone.name, someone.email, javascript=False))
            signed_in(app, visitor.page.context, address, someone)
            visitor.open("/places")
            visitor.reads("My work")
            return visitor

        yield arrive


def test_an_audit(visit: Callable[[Someone], Visitor], cast: Cast) -> None:
    lead = visit(cast.ours.lead)
    lead.go_on("Start your first audit")
    lead.go_on("Start the audit")
    lead.go_on("Safety")
    for number, rating in enumerate(("Green – in place", "Red – needs support"), start=1):
        entry = lead.page.locator(f"#safety-{number}-entry")
        entry.get_by_label(rating, exact=True).check()
        entry.get_by_label("Where you are in the journey").fill(f"Step {number} on our way.")
        entry.get_by_label("Evidence").fill(f"Minutes of meeting {number}.")
    lead.page.locator("#safety-entry").get_by_label("Summary").fill("The spaces are calm; the policy is not.")
    lead.go_on("Save this section")
    lead.sees("Section saved", "8 of 10 criteria not rated yet")
    expect(lead.page.get_by_label("Evidence").first).to_have_value("Minutes of meeting 1.")
    lead.go_on("The whole audit")
    lead.sees("2 of 46")
    lead.go_on("Submit this audit")
    lead.go_on("Submit it as it is")
    lead.sees("Audit submitted", "Minutes of meeting 2.")
    lead.go_on("Share with the coordinator")
    lead.reads("Share with the coordinator")
    lead.go_on("Share with the coordinator")
    lead.sees("Submitted, shared with the coordinator")


def test_a_self_assessment_and_its_plans(visit: Callable[[Someone], Visitor], cast: Cast) -> None:
    staff, manager = visit(cast.ours.staff), visit(cast.ours.manager)
    staff.go_on("Begin your self-assessment")
    staff.go_on("Find your level first")
    for question, answer in (("About the service", "Yes"), ("About your role", "Yes")):
        staff.reads(question)
        staff.choose(answer)
        staff.go_on("Continue")
    staff.reads("Which describes the work best?")
    staff.main.get_by_role("radio").first.check()
    staff.go_on("Continue")
    staff.sees("This suggests: Trauma Enhanced")
    staff.go_on("Use this level in my self-assessment")
    staff.reads("Your role")
    staff.main.get_by_label("What is my role within the service?").fill("I answer the first call.")
    staff.go_on("Save and go on")
    staff.reads("Statements of the framework")
    staff.main.get_by_label("To develop").first.check()
    staff.go_on("Save and go on")
    staff.reads("Your strengths and areas of development")
    staff.go_on("Save and go on")
    staff.go_on("Share it with your manager")
    staff.go_on("Share it")
    staff.sees("Shared. Your manager has been told by email")

    manager.menu("My work")
    manager.go_on(f"Talk with {staff.name} about their self-assessment")
    manager.sees("I answer the first call.")
    manager.main.get_by_label("Agreed trauma training").fill("A day on hard calls, by spring.")
    manager.go_on("Confirm both plans")
    manager.sees("Write something in both plans before you confirm them.")
    expect(manager.main.get_by_label("Agreed trauma training")).to_have_value("A day on hard calls, by spring.")
    manager.main.get_by_label("Agreed skills support").fill("Nothing for now.")
    manager.go_on("Confirm both plans")
    manager.sees("Confirmed. Now it waits for the other")

    staff.menu("My work")
    staff.go_on("Read and confirm your plans")
    staff.go_on("The plans you write together")
    staff.go_on("Confirm both plans")
    staff.sees("Agreed by both of you", "A day on hard calls, by spring.")


def test_a_score(visit: Callable[[Someone], Visitor], app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_live_course(cast.region, cast.trainer, course_details(COURSE))
    lead = visit(cast.ours.lead)
    lead.menu("Courses")
    lead.enter("Words", "conversation")
    lead.go_on("Search")
    lead.sees("1 course")
    lead.go_on(COURSE)
    lead.go_on("Score this course")
    lead.go_on("Make it final")
    lead.sees("There is a problem")
    for number in range(1, 6):
        lead.page.get_by_role("region", name=f"Question {number}").get_by_label("Mostly met").check()
    lead.choose("No", among="Does your organisation have an interest")
    lead.go_on("Make it final")
    lead.sees(re.compile("Your organisation’s score is final"))

"""What an organisation and its trainer do: audit, self-assessment and plans, a course and its score."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.product import Product
from tests.e2e.visitor import Visitor

RATINGS = ("Green – in place", "Green – in place", "Amber – part of the way", "Red – needs support")
COURSE = "Safe first conversations"


def _saved(entry: Locator) -> None:
    expect(entry.get_by_role("status")).to_contain_text(re.compile(r"^Saved \d\d:\d\d$"))


def audit(lead: Visitor) -> None:
    """The lead rates four criteria of one principle as they type, writes two summaries, submits it as it is, and shares it."""
    lead.menu("My work")
    lead.go_on("Start your first audit")
    lead.go_on("Start the audit")
    lead.go_on("Safety")
    for number, rating in enumerate(RATINGS, start=1):
        entry = lead.page.locator(f"#safety-{number}-entry")
        entry.get_by_label(rating, exact=True).check()
        lead.type_in(entry.get_by_label("Where you are in the journey"), f"Step {number} on our way.")
        lead.type_in(entry.get_by_label("Evidence"), f"Minutes of meeting {number}.")
        _saved(entry)
    summary = lead.page.locator("#safety-entry")
    lead.type_in(summary.get_by_label("Summary"), "The spaces are calm; the policy is not.")
    _saved(summary)
    lead.sees("6 of 10 criteria not rated yet")
    lead.page.reload()
    expect(lead.page.get_by_label("Evidence").first).to_have_value("Minutes of meeting 1.")
    lead.go_on("The whole audit")
    lead.go_on("Overall summary")
    overall = lead.page.locator("#overall-entry")
    lead.type_in(overall.get_by_label("Summary"), "A good beginning.")
    _saved(overall)
    lead.go_on("The whole audit")
    lead.sees("4 of 46")
    lead.go_on("Submit this audit")
    lead.sees("You can submit it as it is. This is missing:")
    lead.go_on("Submit it as it is")
    lead.sees("This audit was submitted before it was complete.", "A good beginning.", "Minutes of meeting 4.")
    lead.go_on("Share with the coordinator")
    lead.reads("Share with the coordinator")
    lead.sees("What the coordinator will see")
    expect(lead.main).not_to_contain_text("Minutes of meeting")
    lead.go_on("Share with the coordinator")
    expect(lead.main.get_by_role("button", name="Stop sharing with the coordinator")).to_be_visible()


def assess(product: Product, staff: Visitor, manager: Visitor) -> None:
    """A member of staff finds a level, writes a self-assessment and shares it; both write and confirm the plans."""
    staff.menu("My training needs")
    staff.go_on("Find your level first")
    for question, answer in (("About the service", "No"), ("About your role", "Yes")):
        staff.reads(question)
        staff.choose(answer)
        staff.go_on("Continue")
    staff.reads("What this suggests")
    staff.sees("This suggests: Trauma Skilled")
    staff.go_on("Use this level in my self-assessment")
    staff.reads("Your role")
    expect(staff.main.get_by_label("Trauma Skilled", exact=True)).to_be_checked()
    staff.type_in(staff.main.get_by_label("What is my role within the service?"), "I answer the first call.")
    _saved(staff.main)
    staff.go_on("Save and go on")
    staff.reads("Statements of the framework")
    staff.main.get_by_label("A strength").first.check()
    staff.main.get_by_label("To develop").last.check()
    staff.go_on("Save and go on")
    staff.reads("Your strengths and areas of development")
    staff.main.get_by_label("What are my areas of development").fill("To end a hard call well.")
    staff.go_on("Save and go on")
    staff.reads("My training needs")
    staff.go_on("Share it with your manager")
    expect(staff.main.get_by_label("The manager you want to talk this through with")).to_contain_text(manager.name)
    staff.go_on("Share it")
    staff.sees("Shared. Your manager has been told by email")

    manager.open(product.link_to(manager.email))
    manager.reads("Conversations")
    manager.go_on(staff.name)
    manager.reads(f"Self-assessment of {staff.name}")
    manager.sees("I answer the first call.", "To end a hard call well.")
    plans = {"Agreed trauma training": "A day on hard calls, by spring.", "Agreed skills support": "An hour a month together."}
    for label, plan in plans.items():
        manager.type_in(manager.main.get_by_label(label), plan)
    _saved(manager.main)
    manager.go_on("Confirm both plans")
    manager.sees("Confirmed. Now it waits for the other")

    staff.open(product.link_to(staff.email))
    expect(staff.main.get_by_label("Agreed skills support")).to_have_value("An hour a month together.")
    staff.go_on("Confirm both plans")
    staff.sees("Agreed by both of you")


def list_course(product: Product, coordinator: Visitor, trainer: Visitor) -> None:
    """The coordinator registers a provider and invites somebody of it, who describes a course that the coordinator accepts."""
    coordinator.menu("Training providers")
    coordinator.go_on("Register a provider")
    coordinator.enter("Name of the provider", "Still Waters Training")
    coordinator.enter("Contact email address", trainer.email)
    coordinator.go_on("Register")
    coordinator.reads("Still Waters Training")
    coordinator.enter("Email address", trainer.email)
    coordinator.go_on("Send invitation")
    coordinator.sees(f"{trainer.email} was invited")

    trainer.accept(product.link_to(trainer.email), "Speak for Still Waters Training", second_factor=True)
    trainer.go_on("List a course")
    trainer.enter("Title", COURSE)
    trainer.choose("Trauma Skilled", "All workers", "In person")
    trainer.main.locator("summary", has_text="Trauma Skilled").click()
    trainer.main.locator("details[open]").get_by_role("checkbox").first.check()
    trainer.enter("Aims", "People know how to open a conversation that feels safe.")
    trainer.enter("Length in hours", "6")
    trainer.enter("Places", "16")
    trainer.enter("Cost of one place in pounds", "120")
    trainer.enter("Support for transfer into the workplace", "A call with each team after six weeks.")
    trainer.go_on("Save as a draft")
    trainer.reads(COURSE)
    trainer.go_on("Offer it to the registry")
    trainer.sees("Waiting for the coordinator")

    coordinator.menu("Overview")
    coordinator.go_on(COURSE)
    coordinator.go_on("Accept")
    coordinator.sees(f"{COURSE} is live")


def score_course(lead: Visitor) -> None:
    """The lead finds the course and answers the five questions, each of which says whom it is about."""
    lead.menu("Courses")
    lead.enter("Words", "conversation")
    lead.go_on(COURSE)
    lead.go_on("Score this course")
    for number in range(1, 6):
        question = lead.page.get_by_role("region", name=f"Question {number}")
        question.get_by_label("Mostly met").check()
        question.get_by_label("Evidence").fill(f"We read the outline, page {number}.")
    lead.choose("No", among="Does your organisation have an interest")
    lead.go_on("Make it final")
    lead.sees(re.compile("Your organisation’s score is final"))

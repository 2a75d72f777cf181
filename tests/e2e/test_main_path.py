"""The main path, as its people walk it: in a browser each, with a second factor, real mails and a real worker.

A coordinator makes an organisation; it audits itself, its staff agree plans, it scores a trainer's course; all of it reaches
the coordinator as a page, a PDF, an Excel file and a monthly mail.
"""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, expect
from pypdf import PdfReader
from sqlalchemy import Engine, text

from tests.accounts.conftest import PASSWORD
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM
from tests.e2e.product import Product, running_product
from tests.e2e.visitor import Visitor, visiting
from tests.factories.tenants import unique
from tests.faults.workers import ask
from tests.services import Services
from tia_hub.core.clock import today

pytestmark = [pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM), pytest.mark.usefixtures("empty_queue")]

ORGANISATION = "Harbour Lights Housing Trust"
REPORT = "Autumn board report"
SCHEDULED = "Monthly board report"
COURSE = "Safe first conversations"
GLANCE = "In 1 organisation audit, 2 of 4 ratings are green, 1 amber and 1 red."
SAFETY = (2, 1, 1, 0, 6, 4, 10)
"""Of the principle's criteria: green, amber, red, not applicable, not rated; rated, all."""
RATINGS = ("Green – in place", "Green – in place", "Amber – part of the way", "Red – needs support")


@pytest.fixture
def product(services: Services, superuser_engine: Engine, tmp_path: Path) -> Iterator[Product]:
    with running_product(services, superuser_engine, tmp_path / "worker.log", two_factor=True) as product:
        yield product


def _email(stem: str) -> str:
    return f"{unique(stem)}@example.org"


def test_from_the_first_invitation_to_the_monthly_report(product: Product, browser: Browser) -> None:
    region = unique("vale")

    def visit(name: str):
        return visiting(browser, product.address, name, _email(name.split()[0].lower()))

    with (
        visit("Cora Lane") as coordinator,
        visit("Lena Moor") as lead,
        visit("Milo Reed") as manager,
        visit("Sanna Field") as staff,
        visit("Tariq Brook") as trainer,
    ):
        _begin_partnership(product, region, coordinator)
        _found_organisation(product, coordinator, lead)
        _invite_colleagues(product, lead, manager, staff)
        _audit(lead)
        _assess(product, staff, manager)
        _list_course(product, coordinator, trainer)
        _score_course(lead)
        _read_report(product, coordinator)
        _schedule(coordinator)
        product.settle()
        already = len(product.letters(coordinator.email, 0))
        _let_a_month_pass(product, region)
        product.sweep()
        product.letters(coordinator.email, already + 1)
        product.sweep()
        product.settle()
        letters = product.letters(coordinator.email, already)
        assert [SCHEDULED in letter.subject for letter in letters[already:]] == [True]
        assert GLANCE in " ".join(letters[-1].text.split())
        _read_what_was_sent(coordinator, product.link_to(coordinator.email))


def _begin_partnership(product: Product, region: str, coordinator: Visitor) -> None:
    """The operator makes a partnership and its coordinator, who chooses a password and sets up a second factor."""
    product.operate("partnership", "create", "--name", "Vale Partnership", "--slug", region, "--area", "North")
    who = ("--partnership", region, "--email", coordinator.email, "--name", coordinator.name)
    answer = product.operate("partnership", "add-coordinator", *who)
    link = re.search(r"http\S+", answer)
    assert link
    coordinator.open(link[0])
    coordinator.page.locator("#password").fill(PASSWORD)
    coordinator.go_on("Save the new password")
    coordinator.sign_in()
    coordinator.set_up_second_factor()
    coordinator.reads("Overview")


def _found_organisation(product: Product, coordinator: Visitor, lead: Visitor) -> None:
    coordinator.go_on("the organisations that take part")
    coordinator.enter("Name", ORGANISATION)
    coordinator.choose("Charity and community", "North")
    coordinator.enter("Number of staff", "1,250")
    coordinator.go_on("Add")
    coordinator.reads(ORGANISATION)
    coordinator.enter("Name", lead.name)
    coordinator.enter("Email address", lead.email)
    coordinator.go_on("Send the invitation")
    coordinator.sees(lead.email)
    lead.accept(product.link_to(lead.email), f"Join {ORGANISATION}", second_factor=True)
    lead.reads("My work")


def _invite_colleagues(product: Product, lead: Visitor, manager: Visitor, staff: Visitor) -> None:
    """The lead makes a team and invites a manager and a member of staff into it; both come."""
    lead.menu("People")
    lead.go_on("Teams")
    lead.go_on("Add a team")
    lead.enter("Name", "Front desk")
    lead.go_on("Add")
    lead.sees("Front desk")
    for somebody, role, line_manager in ((manager, "Manager", lead), (staff, "Member of staff", manager)):
        lead.menu("People")
        lead.go_on("Invite somebody")
        lead.enter("Name", somebody.name)
        lead.enter("Email address", somebody.email)
        lead.choose(role)
        lead.main.get_by_label("Team").select_option(label="Front desk")
        lead.main.get_by_label("Line manager").select_option(label=line_manager.name)
        lead.go_on("Send the invitation")
        lead.sees(somebody.name)
        somebody.accept(product.link_to(somebody.email), f"Join {ORGANISATION}", second_factor=True)
        somebody.reads("My work")


def _saved(entry: Locator) -> None:
    expect(entry.get_by_role("status")).to_contain_text(re.compile(r"^Saved \d\d:\d\d$"))


def _audit(lead: Visitor) -> None:
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


def _assess(product: Product, staff: Visitor, manager: Visitor) -> None:
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
    manager.reads("Conversations about training needs")
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


def _list_course(product: Product, coordinator: Visitor, trainer: Visitor) -> None:
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


def _score_course(lead: Visitor) -> None:
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


def _read_report(product: Product, coordinator: Visitor) -> None:
    """The coordinator has a report compiled, watches how far it is, reads it, and finds its figures in both files."""
    coordinator.menu("Reports")
    coordinator.go_on("Compile a report")
    coordinator.enter("Title", REPORT)
    with product.engine.connect() as holder:
        # However fast the worker is, it can't finish while this is held.
        holder.execute(text("LOCK TABLE report_file IN EXCLUSIVE MODE"))
        coordinator.go_on("Compile the report")
        coordinator.sees("You can leave this page", "Drawing the pages")
    coordinator.sees("Download the PDF", ORGANISATION, GLANCE)
    for title in ("Ratings per principle in 1 organisation audit", "Share of ratings that are green"):
        expect(coordinator.main.get_by_role("figure", name=title).locator("svg").first).to_be_visible()
    cells = coordinator.main.get_by_role("row", name=re.compile("^Safety 2")).first.locator("th, td").all_inner_texts()
    assert cells == ["Safety", *(str(figure) for figure in SAFETY)]
    excel = load_workbook(io.BytesIO(_download(coordinator, "Download for Excel")))
    assert ("Safety", *SAFETY) in [row[:8] for row in excel["Principles 1"].iter_rows(values_only=True)]
    pdf = PdfReader(io.BytesIO(_download(coordinator, "Download the PDF")))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert ORGANISATION in words
    assert GLANCE in words


def _download(coordinator: Visitor, words: str) -> bytes:
    with coordinator.page.expect_download() as begun:
        coordinator.main.get_by_role("link", name=words).click()
    return begun.value.path().read_bytes()


def _schedule(coordinator: Visitor) -> None:
    coordinator.menu("Schedules")
    coordinator.go_on("Schedule a report")
    coordinator.enter("Title of the reports", SCHEDULED)
    coordinator.choose("Every month")
    first = today() + timedelta(days=1)
    for part, value in (("Day", first.day), ("Month", first.month), ("Year", first.year)):
        coordinator.enter(part, str(value))
    coordinator.enter("Time of the day", "8:30")
    coordinator.choose(coordinator.name)
    coordinator.go_on("Schedule the report")
    coordinator.sees("Report scheduled", "Nothing has been sent yet.")


def _let_a_month_pass(product: Product, region: str) -> None:
    due = "UPDATE schedule SET next_at = now() FROM partnership p WHERE p.id = partnership_id AND p.slug = :slug RETURNING 1"
    assert ask(product.engine, due, slug=region) == 1


def _read_what_was_sent(coordinator: Visitor, link: str) -> None:
    """Whoever opens the link of the mail signs in first, this time with a recovery code, and then reads the report."""
    coordinator.sign_out()
    coordinator.open(link)
    coordinator.sign_in()
    coordinator.go_on("Use a recovery code instead")
    coordinator.enter("Recovery code", coordinator.recovery_codes[0])
    coordinator.go_on("Sign in")
    coordinator.reads(SCHEDULED)
    coordinator.sees(GLANCE, ORGANISATION)

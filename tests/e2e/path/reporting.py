"""How all of it reaches the coordinator: as a page, as files, by a monthly mail."""

import io
import re
from datetime import timedelta

from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader
from sqlalchemy import text

from tests.e2e.path.joining import ORGANISATION
from tests.e2e.product import Product
from tests.e2e.visitor import Visitor
from tests.faults.workers import ask
from tia_hub.core.clock import today

REPORT = "Autumn board report"
SCHEDULED = "Monthly board report"
GLANCE = "In 1 organisation audit, 2 of 4 ratings are green, 1 amber and 1 red."
SAFETY = (2, 1, 1, 0, 6, 4, 10)
"""Of the principle's criteria: green, amber, red, not applicable, not rated; rated, all."""


def read_report(product: Product, coordinator: Visitor) -> None:
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
    assert ("Safety", *SAFETY) in [row[:8] for row in excel["Principles, organisations"].iter_rows(values_only=True)]
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


def schedule(coordinator: Visitor) -> None:
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


def let_a_month_pass(product: Product, region: str) -> None:
    due = "UPDATE schedule SET next_at = now() FROM partnership p WHERE p.id = partnership_id AND p.slug = :slug RETURNING 1"
    assert ask(product.engine, due, slug=region) == 1


def read_what_was_sent(coordinator: Visitor, link: str) -> None:
    """Whoever opens the link of the mail signs in first, this time with a recovery code, and then reads the report."""
    coordinator.sign_out()
    coordinator.open(link)
    coordinator.sign_in()
    coordinator.go_on("Use a recovery code instead")
    coordinator.enter("Recovery code", coordinator.recovery_codes[0])
    coordinator.go_on("Sign in")
    coordinator.reads(SCHEDULED)
    coordinator.sees(GLANCE, ORGANISATION)

"""The files of a report: the same figures as its page, readable by everybody, and nothing fetched or run."""

import io
import random
from typing import Any

import pytest
from flask import Flask
from justhtml import JustHTML
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine

from tests.client import StrictClient
from tests.factories.reports import ask_for_report, make_audit, make_ratings, publish_figures, run_jobs
from tests.factories.tenants import make_coordinator, make_organisation, make_region
from tia_hub.core.jobs.types import JobName
from tia_hub.core.pdf import render_pdf
from tia_hub.core.scope import transaction
from tia_hub.reports.presenters.document import Document, Section, Table
from tia_hub.reports.presenters.paper import render_paper
from tia_hub.reports.presenters.report import make_document
from tia_hub.reports.presenters.workbook import render_workbook
from tia_hub.reports.queries.reports import get_file, get_report
from tia_hub.reports.types import FileKind, ReportFigures

pytestmark = pytest.mark.usefixtures("context")

TITLE = "Spring – Winchester & Łódź"
NASTY = '=cmd|"/c calc"!A1 <img src=file:///etc/passwd> & friends'


@pytest.fixture(scope="module")
def issued(app: Flask, owner_engine: Engine, superuser_engine: Engine) -> tuple[Document, str, bytes, bytes]:
    """A report with an organisation of a nasty name: its document, page, PDF and Excel file."""
    chance = random.Random(5)
    with app.app_context():
        region = make_region(owner_engine)
        coordinator = make_coordinator(region)
        for name, levels in ((NASTY, {"informed": 24}), ("Harbour Trust", {"informed": 17, "skilled": 8})):
            publish_figures(make_organisation(region, name), [make_audit(make_ratings(chance))], levels)
        report_id = ask_for_report(region, TITLE)
        run_jobs(superuser_engine, JobName.COMPILE_REPORT)
        with transaction(region.scope(), read_only=True) as scope:
            report, _ = get_report(scope, report_id)
            pdf, excel = (get_file(scope, report_id, kind)[1] for kind in (FileKind.PDF, FileKind.EXCEL))
    client = app.test_client()
    assert isinstance(client, StrictClient)
    page = client.sign_in(coordinator).get(f"/p/{region.slug}/reports/{report_id}").text
    return make_document(ReportFigures.model_validate(report.figures)), page, pdf, excel


def _cells(node: Any) -> list[str]:
    return [" ".join(cell.to_text().split()) for cell in node.query("th, td")]


def test_page_pdf_and_excel_say_the_same_cell_by_cell(issued: tuple[Document, str, bytes, bytes]) -> None:
    document, page, pdf, excel = issued
    shown = {
        " ".join(table.query("caption")[0].to_text().split()): [_cells(row) for row in table.query("tr")]
        for section in JustHTML(page, sanitize=False).query("section")
        for table in section.query("table")
    }
    book = load_workbook(io.BytesIO(excel))
    paper = " ".join("".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages).split())
    squeezed = paper.replace(" ", "")
    assert book.sheetnames == [section.sheet for section in document.sections]
    for section in document.sections:
        rows = [[cell for cell in row if cell is not None] for row in book[section.sheet].iter_rows(values_only=True)]
        for table in section.tables:
            wanted = [list(table.head), *(list(row) for row in table.rows)]
            assert shown[table.caption] == [[" ".join(str(cell).split()) for cell in row] for row in wanted]
            start = rows.index([table.caption]) + 1
            assert rows[start : start + len(wanted)] == wanted
            for row in table.rows:
                assert "".join(str(cell) for cell in row).replace(" ", "") in squeezed, row


def test_a_name_is_never_markup_and_never_a_formula(issued: tuple[Document, str, bytes, bytes]) -> None:
    _, page, pdf, excel = issued
    assert "<img src=file" not in page
    cells = [cell for sheet in load_workbook(io.BytesIO(excel)) for row in sheet.iter_rows() for cell in row]
    named = [cell for cell in cells if cell.value == NASTY]
    assert named
    assert {cell.data_type for cell in named} == {"s"}
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert b"root:" not in pdf


def test_the_pdf_is_tagged_and_can_be_read_aloud(issued: tuple[Document, str, bytes, bytes]) -> None:
    reader = PdfReader(io.BytesIO(issued[2]))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata
    assert reader.metadata.title == TITLE
    kinds = _structure(root["/StructTreeRoot"].get_object())
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Caption", "/Figure"} <= kinds
    assert next(str(each.title) for each in reader.outline if not isinstance(each, list)) == TITLE
    assert "Page 2 of" in reader.pages[1].extract_text()


def _structure(node: Any) -> set[str]:
    kinds = {str(node["/S"])} if "/S" in node else set()
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(child, dict):
            kinds |= _structure(child)
    return kinds


def test_the_fonts_are_within_the_pdf(issued: tuple[Document, str, bytes, bytes]) -> None:
    fonts = {}
    for page in PdfReader(io.BytesIO(issued[2])).pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[union-attr]
            for inner in font.get_object().get("/DescendantFonts", []):
                descriptor = inner.get_object()["/FontDescriptor"].get_object()
                fonts[str(inner.get_object()["/BaseFont"])] = any(key.startswith("/FontFile") for key in descriptor)
    assert fonts
    assert all(fonts.values())
    assert all("Atkinson" in name for name in fonts), fonts


def test_a_pdf_reaches_no_file_and_no_address(tmp_path) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody may read")
    pdf = render_pdf(
        f'<html lang="en"><head><title>A</title><link rel="attachment" href="{secret.as_uri()}">'
        f'<link rel="stylesheet" href="{secret.as_uri()}"></head><body><p>Text</p>'
        f'<img src="{secret.as_uri()}" alt="a"><img src="http://127.0.0.1:9/x.png" alt="b">'
        '<img src="tia:fonts/../../settings.py" alt="c"></body></html>'
    )
    reader = PdfReader(io.BytesIO(pdf))
    assert not reader.attachments
    assert "what nobody may read" not in reader.pages[0].extract_text()


def test_nasty_cells_stay_text_in_excel_and_on_paper() -> None:
    table = Table(caption="A", head=("B", "C"), rows=(("=1+1", 3), ("@SUM(A1)", 4), ("<b>bold</b>\x07", 5)), numeric=(1,))
    document = Document(title="T", about=("P",), sections=(Section(id="s", title="S", sheet="S", tables=(table,)),))
    assert "&lt;b&gt;bold" in render_paper(document)
    sheet = load_workbook(io.BytesIO(render_workbook(document)))["S"]
    assert [sheet.cell(row, 1).value for row in range(8, 11)] == ["=1+1", "@SUM(A1)", "<b>bold</b>"]
    assert [sheet.cell(row, 1).data_type for row in range(8, 11)] == ["s", "s", "s"]

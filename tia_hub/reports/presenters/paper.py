"""A report's document as the HTML that its PDF is made of."""

from flask import current_app

from tia_hub.reports.presenters.document import Document


def render_paper(document: Document) -> str:
    """The HTML. It is no page of the product: it has no frame, and its style is within it."""
    return current_app.jinja_env.get_template("pdf/report.html").render(document=document)

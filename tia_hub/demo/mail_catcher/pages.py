"""Pages to read caught mail: a list, each message, its HTML part kept apart, and the source."""

import re

from flask import Flask, Response, abort, make_response, render_template
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from tia_hub.demo.mail_catcher.messages import CaughtMessage, MessageStore

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The HTML of a message is a stranger's: no scripts, no requests, no way into the page around it. Its links
# open in a tab of their own.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'"
)
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


def create_pages(store: MessageStore) -> Flask:
    """The WSGI application that shows what is in `store`."""
    app = Flask(__name__)
    # Another site must not read the mail by pointing its own name at this machine.
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.jinja_env.filters["linked"] = linked

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(NotFound)
    def say_so(error: NotFound) -> tuple[str, int]:
        return render_template("not_found.html"), NotFound.code

    def wanted(identifier: str) -> CaughtMessage:
        return store.find(identifier) or abort(404)

    @app.get("/")
    def inbox() -> str:
        return render_template("list.html", messages=store.newest_first())

    @app.get("/messages/<identifier>")
    def show(identifier: str) -> str:
        return render_template("message.html", caught=wanted(identifier))

    @app.get("/messages/<identifier>/html")
    def html_part(identifier: str) -> Response:
        # At the end, so that the message's own doctype stays the first thing in it.
        response = make_response(wanted(identifier).html + '<base target="_blank">')
        response.headers["Content-Security-Policy"] = MAIL_POLICY
        return response

    @app.get("/messages/<identifier>/source")
    def source(identifier: str) -> Response:
        response = make_response(wanted(identifier).content)
        response.mimetype = "message/rfc822"
        response.headers["Content-Disposition"] = f'attachment; filename="{identifier}.eml"'
        return response

    return app


def linked(text: str) -> Markup:
    """Plain text as HTML, its web addresses as links."""
    parts: list[str | Markup] = []
    end = 0
    for match in ADDRESS.finditer(text):
        address = match.group()
        parts += [text[end : match.start()], Markup('<a href="{0}">{0}</a>').format(address)]
        end = match.end()
    return Markup("").join([*parts, text[end:]])

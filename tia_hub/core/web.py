"""What holds for every answer: headers, limits, static files, and cookies."""

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from tia_hub.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
MOST_BYTES = 2 * 1024 * 1024
"""Bytes of one request: a whole section of long answers, with room to spare."""
ABSOLUTE_LIMIT = timedelta(hours=12)


def configure(settings: Settings) -> dict[str, Any]:
    """Flask's own configuration."""
    prefix = "__Host-" if settings.secure_cookies else ""
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SECRET_KEY_FALLBACKS": settings.signing_keys[1:],
        "SESSION_COOKIE_NAME": f"{prefix}tia",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": ABSOLUTE_LIMIT,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_BYTES,
        "MAX_FORM_PARTS": 1000,
        "TRUSTED_HOSTS": [settings.host.split(":")[0]],
        "PREFERRED_URL_SCHEME": settings.base_url.split("://")[0],
        # The last one signs.
        "WTF_CSRF_SECRET_KEY": settings.signing_keys[::-1],
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_ENABLED": True,
    }


def _refuse_unreadable_addresses() -> None:
    """Characters that no text of ours may have are not looked up, they are refused: 400."""
    for value in (request.path, *request.args.keys(), *request.args.values()):
        if "\x00" in value or "\ufffd" in value:
            abort(400)


def _refuse_json() -> None:
    """Pages send forms. Flask-WTF would take JSON for one, whatever it holds."""
    if request.is_json:
        abort(415)


def _seal(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" and not response.cache_control.immutable:
        # Also signed out: an invitation's page names somebody, and the page of an error shows what was typed.
        response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a built asset, with its content's hash, so that it can be cached for good."""
    path = Path(__file__).parents[1] / "static" / "build" / name
    version = _version(path) if path.is_file() else None
    return url_for("static", filename=f"build/{name}", v=version)


def register(app: Flask, settings: Settings) -> None:
    """Give the application its headers and limits."""
    if settings.proxies_trusted:
        count = settings.proxies_trusted
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.before_request(_refuse_unreadable_addresses)
    app.before_request(_refuse_json)
    app.after_request(_seal)
    app.jinja_env.globals["static_url"] = static_url
    app.jinja_env.globals["csrf_token"] = generate_csrf

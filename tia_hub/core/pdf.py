"""PDF: the one place that knows WeasyPrint. A page being rendered can reach the product's own fonts, and nothing else."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""What Debian and Ubuntu call what WeasyPrint needs."""
FONTS = Path(__file__).parents[1] / "static" / "build" / "fonts"
FONT = re.compile(r"tia:fonts/([a-z0-9-]+\.woff2)")


class PdfUnavailable(RuntimeError):
    """This machine can't make PDFs; the message says what to install."""


class Forbidden(ValueError):
    """A page tried to fetch what it may not."""


def _load_weasyprint() -> tuple[Any, Any]:
    # Loaded when the first PDF is made: it is large, needs libraries that may be missing, and the web process never uses it.
    try:
        return import_module("weasyprint"), import_module("weasyprint.urls")
    except (ImportError, OSError) as error:
        raise PdfUnavailable(f"PDF is off: the packages {PACKAGES} are not installed on the worker.") from error


def _make_fetcher(urls: Any) -> Any:
    """A fetcher of addresses like `tia:fonts/….woff2`, which refuses every other address and every file."""

    class Fetcher(urls.URLFetcher):  # type: ignore[misc] # known when running
        """Knows the product's own fonts."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """The font, or Forbidden."""
            name = FONT.fullmatch(url)
            if name is None:
                raise Forbidden("only the product's own fonts can be fetched")
            return urls.URLFetcherResponse(url, (FONTS / name[1]).read_bytes(), {"Content-Type": "font/woff2"})

    return Fetcher()


def render_pdf(html: str) -> bytes:
    """A tagged PDF (PDF/UA-1) of a whole HTML document; title and language are the document's. Raises PdfUnavailable."""
    weasyprint, urls = _load_weasyprint()
    rendered: bytes = weasyprint.HTML(string=html, url_fetcher=_make_fetcher(urls)).write_pdf(pdf_variant="pdf/ua-1")
    return rendered

"""The page "Organisation" of its leads: what they may change, and the logo."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import Engine

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import make_picture
from tests.tenants.mails import rows
from tia_hub.core.pictures import MOST_BYTES, BadPicture, draw_anew


def png_head(width: int, height: int) -> bytes:
    """A file that says it is a picture of a size, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def noise(size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(written, "PNG")
    return written.getvalue()


BAD = {
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "nothing": b"",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "a PDF that is called a picture": b"%PDF-1.7\n",
    "GIF": make_picture(kind="GIF"),
    "WebP": make_picture(kind="WEBP"),
    "TIFF": make_picture(kind="TIFF"),
    "a picture that breaks off": make_picture(size=(300, 300))[:200],
    "a photo that breaks off": make_picture(kind="JPEG", size=(300, 300))[:900],
    "a bomb of 10,000 million pixels": png_head(100_000, 100_000),
    "a picture of 26 million pixels": png_head(26_000, 1_000),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_fitting_picture_is_refused(what: str) -> None:
    with pytest.raises(BadPicture):
        draw_anew(BAD[what], width=480, height=160)


def test_a_picture_is_drawn_anew_and_nothing_else_comes_along() -> None:
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Comment", "zq-hidden")
    written = io.BytesIO()
    Image.new("RGB", (2000, 500), "teal").save(written, "PNG", pnginfo=hidden, icc_profile=b"zq-profile")
    polyglot = written.getvalue() + b"<script>zq-script</script>"
    drawn = draw_anew(polyglot, width=480, height=160)
    assert not any(words in drawn for words in (b"zq-hidden", b"zq-profile", b"zq-script"))
    opened = Image.open(io.BytesIO(drawn))
    assert (opened.format, opened.size, set(opened.info)) == ("PNG", (480, 120), set())


def test_a_photo_stands_upright_and_forgets_where_it_was_taken() -> None:
    photo = Image.new("RGB", (400, 100), "teal")
    details = photo.getexif()
    details[0x0112] = 6  # turned by a quarter
    details[0x010E] = "zq-hidden"
    written = io.BytesIO()
    photo.save(written, "JPEG", exif=details)
    drawn = draw_anew(written.getvalue(), width=480, height=160)
    assert b"zq-hidden" not in drawn
    opened = Image.open(io.BytesIO(drawn))
    assert opened.size == (40, 160) and not opened.getexif()


def test_however_wild_a_picture_it_stays_small() -> None:
    assert len(draw_anew(noise((900, 900)), width=900, height=900)) <= MOST_BYTES
    see_through = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(see_through, "PNG")
    assert Image.open(io.BytesIO(draw_anew(see_through.getvalue(), width=480, height=160))).mode == "RGBA"


@pytest.fixture
def base(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/organisation"


@pytest.fixture
def lead(as_, cast: Cast) -> StrictClient:
    return as_(cast.ours.lead)


def send_logo(client: StrictClient, base: str, content: bytes):
    picture = {"picture": (io.BytesIO(content), "../../logo.svg")}
    return client.submit(f"{base}/logo", picture, content_type="multipart/form-data")


def test_a_logo_is_shown_to_those_who_may_open_the_organisation(
    as_, lead: StrictClient, cast: Cast, base: str, superuser_engine: Engine
) -> None:
    assert "app-header__logo" not in lead.get(base).text
    assert send_logo(lead, base, make_picture(kind="JPEG")).status_code == 303
    [(version,)] = rows(superuser_engine, "SELECT logo_version FROM organisation WHERE id = :id", id=cast.ours.tenant.id)
    path = f"/o/{cast.ours.tenant.slug}/logo/{version}"
    shown = as_(cast.ours.staff).get(f"/o/{cast.ours.tenant.slug}/").text
    assert f'src="{path}" alt="Logo of {cast.ours.tenant.name}"' in shown
    picture = as_(cast.ours.staff).get(path)
    assert picture.mimetype == "image/png" and picture.data.startswith(b"\x89PNG")
    assert picture.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Disposition"] == 'inline; filename="logo.png"'
    assert as_(cast.theirs.lead).get(path).status_code == 404
    assert as_(cast.theirs.lead).get(f"/o/{cast.theirs.tenant.slug}/logo/{version}").status_code == 404
    entry = f"/p/{cast.region.slug}/organisations/{cast.ours.tenant.id}"
    assert f"{entry}/logo/{version}" in as_(cast.coordinator).get(entry).text
    assert as_(cast.coordinator).get(f"{entry}/logo/{version}").data == picture.data

    assert send_logo(lead, base, make_picture("red")).status_code == 303
    assert lead.get(path).status_code == 404, "another version has another address"
    assert lead.submit(f"{base}/logo", button=f"{base}/logo/remove").status_code == 303
    assert "app-header__logo" not in lead.get(base).text
    assert rows(superuser_engine, "SELECT * FROM organisation_logo WHERE organisation_id = :id", id=cast.ours.tenant.id) == []


def test_a_bad_logo_is_refused_in_words_and_changes_nothing(lead: StrictClient, base: str) -> None:
    send_logo(lead, base, make_picture())
    before = lead.get(base).text.split("app-header__logo")[1][:80]
    refused = send_logo(lead, base, BAD["SVG"])
    assert refused.status_code == 422 and "PNG or JPEG" in refused.text
    assert lead.submit(f"{base}/logo", {}, content_type="multipart/form-data").status_code == 422
    assert send_logo(lead, base, b"x" * 3_000_000).status_code == 413
    assert lead.get(base).text.split("app-header__logo")[1][:80] == before


def test_a_lead_changes_the_number_of_staff_and_nothing_else_of_the_entry(
    as_, lead: StrictClient, cast: Cast, base: str, superuser_engine: Engine
) -> None:
    assert lead.submit(f"{base}/change", {"headcount": "many"}).status_code == 422
    changed = lead.submit(f"{base}/change", {"headcount": "6,000", "name": "zq-stolen", "sector": "police", "state": "closing"})
    assert changed.status_code == 303
    assert rows(
        superuser_engine, "SELECT name, sector, headcount, state FROM organisation WHERE id = :id", id=cast.ours.tenant.id
    ) == [(cast.ours.tenant.name, "charity", 6000, "active")]
    shown = lead.get(base).text
    assert cast.coordinator.email in shown and cast.ours.lead.email in shown and cast.other_coordinator.email not in shown
    assert cast.theirs.lead.email not in shown
    for someone in (cast.ours.manager, cast.ours.staff):
        assert as_(someone).get(base).status_code == 403
    words = [
        row[0] for row in rows(superuser_engine, "SELECT words FROM trail_event WHERE home_id = :id", id=cast.ours.tenant.id)
    ]
    assert "Changed the number of staff to 6,000 (was 40)" in words

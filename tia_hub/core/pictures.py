"""Pictures that people upload: opened by what they are and not by their name, and drawn anew with nothing else in them."""

import io
import warnings

from PIL import Image, ImageOps, PngImagePlugin

MOST_PIXELS = 25_000_000
"""Pixels of a picture that is opened at all; its size is read from its head, before anything is unpacked."""
MOST_BYTES = 512 * 1024
"""Bytes of a picture once it was drawn anew."""
ENDS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}
"""The formats that are taken, and what the end of a whole picture is. The renderer of PDFs has Pillow fill up broken ones."""


class BadPicture(Exception):
    """The file can't be taken; the message says why, in words for who sent it."""


def draw_anew(content: bytes, *, width: int, height: int) -> bytes:
    """A picture as a PNG of our own making, no larger than these many pixels, upright, without anything that was hidden in it.

    Raises BadPicture for what is no PNG or JPEG, is broken, or has too many pixels.
    """
    try:
        # Its head alone is read here. A warning of Pillow's about a bomb is an answer too.
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            opened = Image.open(io.BytesIO(content), formats=tuple(ENDS))
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPicture(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Send a smaller one")
            if ENDS[str(opened.format)] not in content:
                raise BadPicture("The picture breaks off. Send the whole file")
            opened.draft("RGB", (width, height))
            opened.load()
            upright = ImageOps.exif_transpose(opened)
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadPicture("The picture is too large once it is unpacked. Send a smaller one") from bomb
    except (OSError, SyntaxError, ValueError, EOFError) as fault:
        raise BadPicture("The file must be a picture, PNG or JPEG, that is not broken") from fault
    if upright.width < 1 or upright.height < 1:
        raise BadPicture("The picture is empty")
    drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    drawn.thumbnail((width, height))
    while len(written := _write(drawn)) > MOST_BYTES:
        drawn.thumbnail((drawn.width * 3 // 4, drawn.height * 3 // 4))
    return written


def _write(picture: Image.Image) -> bytes:
    # What Pillow remembers of the file (texts, profiles, places) is in `info`, and is not written without it.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    written = io.BytesIO()
    bare.save(written, "PNG", optimize=True, pnginfo=PngImagePlugin.PngInfo())
    return written.getvalue()

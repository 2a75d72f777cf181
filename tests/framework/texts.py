"""The texts of an edition that are the document's own."""

from collections.abc import Iterator

from pydantic import BaseModel

from tia_hub.framework.types import Edition

# This product's own words, and what is no text.
OWN_WORDS = {"name", "errata", "credits"}
NO_TEXT = {"code", "mark"}


def document_texts(part: BaseModel, path: str = "") -> Iterator[tuple[str, str]]:
    """The path of every text in this part, and the text."""
    for name in type(part).model_fields:
        if name in NO_TEXT or (isinstance(part, Edition) and name in OWN_WORDS):
            continue
        value = getattr(part, name)
        for index, each in enumerate(value if isinstance(value, tuple) else (value,)):
            step = f"{path}.{name}[{index}]" if isinstance(value, tuple) else f"{path}.{name}"
            if isinstance(each, BaseModel):
                yield from document_texts(each, step)
            elif isinstance(each, str):
                yield step.lstrip("."), each

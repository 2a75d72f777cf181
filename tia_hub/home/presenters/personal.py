"""The copy of all that is held on somebody, as JSON and as the paper that its PDF is made of."""

import json
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby

from flask import current_app

from tia_hub.core.clock import format_time
from tia_hub.core.jobs.types import JobState
from tia_hub.core.personal import Fact
from tia_hub.home.models import PersonalCopy
from tia_hub.home.types import Gathered, Part

MOST_ON_PAPER = 300
"""Rows of one part that are printed; the JSON file has all."""


@dataclass(frozen=True)
class PaperTable:
    """A table of the paper."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class PaperSection:
    """A section of the paper."""

    id: str
    title: str
    words: list[str]
    tables: list[PaperTable]
    charts: tuple[None, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A document as `templates/pdf/report.html` draws it."""

    title: str
    about: list[str]
    sections: list[PaperSection] = field(default_factory=list)


def to_json(gathered: Gathered) -> bytes:
    """The copy for programs: UTF-8, indented so that people can read it too."""
    content = {
        "about": "All that TIA Hub holds on one person, made for that person",
        "made_at": gathered.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "person": {"id": str(gathered.subject.person_id), "name": gathered.subject.name, "email": gathered.subject.email},
        "parts": [
            {
                "place": part.place or None,
                "kind": part.kind,
                "title": part.title,
                "purpose": part.purpose,
                "kept": part.kept,
                "when_erased": part.fate,
                "complete": part.complete,
                "rows": [dict(fact) for fact in part.facts],
            }
            for part in gathered.parts
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _names(fact: Fact) -> tuple[str, ...]:
    return tuple(fact)


def _tables(part: Part) -> list[PaperTable]:
    shown = part.facts[:MOST_ON_PAPER]
    tables = []
    for keys, facts in groupby(shown, key=_names):
        rows = [[fact[key] for key in keys] for fact in facts]
        tables.append(_one_table(part.title, list(keys), rows))
    return tables


def _one_table(title: str, head: list[str], rows: list[list[str]]) -> PaperTable:
    if len(rows) == 1 and len(head) > 3:
        return PaperTable(title, ["What", "Held"], [[name, value] for name, value in zip(head, rows[0], strict=True)])
    return PaperTable(title, head, rows)


def _section(number: int, part: Part) -> PaperSection:
    words = [
        f"Why: {part.purpose}",
        f"How long: {part.kept}.",
        f"If you ask to be erased: {part.fate}",
    ]
    left = len(part.facts) - MOST_ON_PAPER
    if left > 0:
        words.append(f"These are the first {MOST_ON_PAPER} rows. The other {left:,} are in the JSON file.")
    if not part.complete:
        words.append("There are more than a copy has room for. These are the newest.")
    title = f"{part.title} ({part.place})" if part.place else part.title
    return PaperSection(f"part-{number}", title, words, _tables(part))


def make_paper(gathered: Gathered) -> Paper:
    """The document."""
    return Paper(
        title="What TIA Hub holds on you",
        about=[
            gathered.subject.name,
            f"Made on {format_time(gathered.made_at)}, London time",
            "Only you can download this. It has personal data: keep it accordingly.",
        ],
        sections=[_section(number, part) for number, part in enumerate(gathered.parts, start=1)],
    )


def render_paper(gathered: Gathered) -> str:
    """The HTML of the PDF."""
    return current_app.jinja_env.get_template("pdf/report.html").render(document=make_paper(gathered))


def copy_words(copy: PersonalCopy | None, job_state: str | None) -> str:
    """How far a copy is, in a sentence."""
    if copy is None:
        return "You have not asked for a copy yet."
    if copy.made_at is not None:
        return f"Your copy was made on {format_time(copy.made_at)}."
    if job_state == JobState.FAILED:
        return "Your copy could not be made. Ask for it again; if that fails as well, tell whoever runs this installation."
    return "Your copy is being made. Open this page again in a few minutes."

"""Which tables an organisation's data is in: found from the models, so that a new room's are among them by themselves."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Column, ColumnElement, Select, Table, select

from tia_hub.core.db import Base
from tia_hub.leaving.scope import LeavingScope

LEFT_OUT = {
    "organisation_export": "copies of what is in the export itself",
    "organisation_export_part": "copies of what is in the export itself",
    "job": "work of the service itself, at this moment",
    "email": "letters on their way, whose links open things here",
    "notice": "each person's own, and of the day",
    "trail_head": "where the chain of the trail ends here; where it comes to it is chained anew",
}
"""Tables with rows of organisations that are not taken along, each with the reason."""

HERE_ALONE = {
    "identity_provider": "how people sign in is set up anew where they go: it has a secret, and addresses of this installation",
    "vouched_person": "who signs in as whom is for the provider there to say, and never for a file",
    "organisation_domain": "that a domain is the organisation's own, the partnership that it comes to confirms",
    "staff_upload": "lists on their way, deleted within a week; what came of them is on the trail",
    "staff_upload_row": "rows of such lists",
    "staff_upload_leaver": "who was not in such a list",
    "joining_link": "a link in many hands, which leads to this installation",
    "link_request": "who asked to come in by such a link",
}
"""Tables that are put back from a backup, and do not leave, each with the reason."""

SEALED = {
    "training_figure": "single people's figures, which leads see in counts large enough alone",
    "self_assessment": "read by their worker and the manager they were shared with",
    "self_assessment_answer": "read by their worker and the manager they were shared with",
    "agreed_form": "read by the two who agreed",
}
"""Tables whose rows leave sealed: whoever may take the organisation's data away may not read them (docs/adr/0024)."""

REFERRED = ("area", "provider", "course", "course_date")
"""Tables of the partnership's side of which those rows are taken along that the organisation's own refer to."""

OWN_CHAIN = {"trail_event": frozenset({"number", "salt", "seal", "hash", "proof", "erased_by"})}
"""Columns that each installation writes for itself: they are taken along as evidence, and not brought in."""


def all_tables() -> dict[str, Table]:
    """Every table that holds rows of organisations, in the order in which they refer to each other."""
    return {
        table.name: table
        for table in Base.metadata.sorted_tables
        if table.name == "organisation" or "organisation_id" in table.c or "home_id" in table.c
    }


def taken_along() -> list[Table]:
    """The tables of an export, in the order in which they refer to each other."""
    return [table for table in put_back() if table.name not in HERE_ALONE]


def put_back() -> list[Table]:
    """The tables that are put back from a backup, in the same order."""
    return [table for name, table in all_tables().items() if name not in LEFT_OUT]


def owner_column(table: Table) -> Column[object]:
    """The column that says whose a row is."""
    if table.name == "organisation":
        return table.c.id
    return table.c.home_id if "home_id" in table.c else table.c.organisation_id


def own_rows(table: Table, scope: LeavingScope) -> ColumnElement[bool]:
    """The condition for the rows of the scope's organisation."""
    return owner_column(table) == scope.organisation_id


def in_order(table: Table) -> Sequence[Column[object]]:
    """The columns by which rows are ordered, so that two exports of the same rows are alike."""
    if table.name == "trail_event":
        # In the order of its chain, in which it is chained anew where it comes to.
        return [table.c.number, table.c.created_at, table.c.id]
    return list(table.primary_key.columns)


@cache
def reference_to_itself(table: Table) -> tuple[str, ...]:
    """Columns by which rows refer to others of the same table: they are filled in once all rows are there."""
    found = []
    for constraint in table.foreign_key_constraints:
        if constraint.referred_table is table:
            found += [column.name for column in constraint.columns if not column.primary_key]
    return tuple(sorted(found))


def referred_rows(name: str, scope: LeavingScope) -> Select[tuple[object, ...]]:
    """The rows of a table of the partnership's side that the organisation's own refer to."""
    tables = Base.metadata.tables
    table = tables[name]
    scores, areas = tables["course_score"], tables["organisation_area"]
    own_areas = select(areas.c.area_id).where(areas.c.organisation_id == scope.organisation_id)
    courses = select(scores.c.course_id).where(scores.c.organisation_id == scope.organisation_id)
    providers = select(scores.c.provider_id).where(scores.c.organisation_id == scope.organisation_id)
    wanted = {
        "area": table.c.id.in_(own_areas),
        "provider": table.c.id.in_(providers),
        "course": table.c.id.in_(courses),
        "course_date": table.c.course_id.in_(courses) if name == "course_date" else None,
    }[name]
    assert wanted is not None  # noqa: S101
    return select(table).where(table.c.partnership_id == scope.partnership_id, wanted).order_by(*in_order(table))


TABLE_WORDS = {
    "organisation": "The organisation’s entry",
    "organisation_area": "Areas it serves",
    "membership": "People’s places in it: role, job title, team, manager",
    "person": "People: name and email address",
    "invitation": "Invitations",
    "trail_event": "Events of the trail",
    "audit_entry": "Ratings, evidence and summaries in audits",
    "indicator": "Indicators of outcomes",
    "reading": "Readings of indicators",
    "course_score": "Scores of courses",
    "selection_answer": "Answers in scores of courses",
    "course_rating": "Ratings given to the registry",
    "publication": "When figures were published",
    "area": "Areas, by name",
    "provider": "Training providers that were scored",
    "course": "Courses that were scored",
    "course_date": "Dates of those courses",
    "training_figure": "Figures of single people",
    "self_assessment": "Self-assessments",
    "self_assessment_answer": "Answers in self-assessments",
    "agreed_form": "Self-assessments as they were agreed",
    "organisation_logo": "The logo",
}


def table_words(name: str) -> str:
    """A table in words; a new room's by its own name."""
    return TABLE_WORDS.get(name, name.replace("_", " ").capitalize())

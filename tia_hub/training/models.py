"""Tables of the room `training`: self-assessments, their answers, what was agreed, and figures that may be counted.

Personal forms are behind a second wall (docs/adr/0006): PostgreSQL opens them to the acting member alone. Figures are apart
from them and name nobody, so that counting never touches a form.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, OfOrganisation


class TrainingFigure(Base):
    """What may be counted of one shared form. It has no name, no text, no time, and no way back to the form."""

    __tablename__ = "training_figure"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    state: Mapped[str]
    """`shared` until the first agreement; `agreed` from then on, also while the form is open again."""
    level: Mapped[str | None]
    """The practice level that was last agreed."""
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Codes of the statements that were to be developed when it was last agreed."""


class SelfAssessment(OfOrganisation, Base):
    """One person's self-assessment in one organisation."""

    __tablename__ = "self_assessment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "membership_id"),
        ForeignKeyConstraint(["organisation_id", "membership_id"], ["membership.organisation_id", "membership.id"]),
        ForeignKeyConstraint(["organisation_id", "manager_id"], ["membership.organisation_id", "membership.id"]),
        ForeignKeyConstraint(["organisation_id", "figure_id"], ["training_figure.organisation_id", "training_figure.id"]),
        CheckConstraint("state = 'draft' OR manager_id IS NOT NULL", name="shared_with_somebody"),
        CheckConstraint("manager_id <> membership_id", name="own_manager"),
        Index("ix_self_assessment_organisation_id_manager_id", "organisation_id", "manager_id"),
        Index("ix_self_assessment_organisation_id_figure_id", "organisation_id", "figure_id"),
    )

    membership_id: Mapped[UUID]
    manager_id: Mapped[UUID | None]
    """The membership of the manager it is shared with; None in a draft."""
    state: Mapped[str]
    edition: Mapped[str]
    promise: Mapped[dict[str, str]] = mapped_column(JSONB)
    """The promise that stood above the form when it was begun."""
    level: Mapped[str | None]
    audiences: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    marks: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    """Marks by code of the statement; a statement that was left is not in it."""
    figure_id: Mapped[UUID | None]
    shared_at: Mapped[datetime | None]
    worker_confirmed_at: Mapped[datetime | None]
    manager_confirmed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    closed_to_manager_at: Mapped[datetime | None]
    """When it went back to the worker, as the manager left or no longer manages them (docs/adr/0023). PostgreSQL sets it."""


class Answer(OfOrganisation, Base):
    """The text of one prompt, or one side's own words on what they see differently. An answer not yet written has no row."""

    __tablename__ = "self_assessment_answer"
    __table_args__ = (
        UniqueConstraint("organisation_id", "form_id", "code"),
        ForeignKeyConstraint(
            ["organisation_id", "form_id"],
            ["self_assessment.organisation_id", "self_assessment.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["organisation_id", "author_id"], ["membership.organisation_id", "membership.id"]),
        Index("ix_self_assessment_answer_organisation_id_author_id", "organisation_id", "author_id"),
    )

    form_id: Mapped[UUID]
    code: Mapped[str]
    """The prompt's code in the form's edition, or `view.` and the membership of whoever sees something differently."""
    owner: Mapped[str]
    author_id: Mapped[UUID]
    """Who wrote it last."""
    text: Mapped[str]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class AgreedForm(OfOrganisation, Base):
    """A form as both agreed it, kept as it was."""

    __tablename__ = "agreed_form"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "membership_id"], ["membership.organisation_id", "membership.id"]),
        ForeignKeyConstraint(["organisation_id", "manager_id"], ["membership.organisation_id", "membership.id"]),
        Index("ix_agreed_form_organisation_id_membership_id", "organisation_id", "membership_id"),
        Index("ix_agreed_form_organisation_id_manager_id", "organisation_id", "manager_id"),
    )

    membership_id: Mapped[UUID]
    manager_id: Mapped[UUID]
    agreed_at: Mapped[datetime]
    closed_to_manager_at: Mapped[datetime | None]
    """From when on it is the worker's alone, as of the form itself."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The whole form in words: prompts, answers, marks, names (see `services.agreeing`)."""

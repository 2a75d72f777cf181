"""What the pages of audits show, already worded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from wtforms import Field

from tia_hub.audits.forms import CriterionForm, EntryForm, SummaryForm, form_prefix
from tia_hub.audits.merging import digest
from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.scoring import Answer, Counts, Needs, count, find_needs, overall
from tia_hub.audits.services import values_of
from tia_hub.audits.types import OVERALL, UNRATED, UNRATED_WORDS, AuditState, Disclosure, Rating
from tia_hub.core.forms import Form
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import Criterion, Principle

Entries = Mapping[str, AuditEntry]


def scope_words(audit: Audit, organisation: str) -> str:
    """What is audited."""
    return audit.team_name or f"The whole of {organisation}"


def rating_words(value: str) -> str:
    """A rating in words; an empty text is no rating."""
    return Rating(value).words if value else UNRATED_WORDS


def number_of(criterion: Criterion) -> str:
    """A criterion's number in its section."""
    return criterion.code.rpartition(".")[2]


@dataclass(frozen=True)
class CountsRow:
    """The counts of one principle, or of all."""

    code: str
    label: str
    counts: Counts

    @property
    def chart(self) -> dict[str, str | int]:
        """As the charts take it."""
        counts = self.counts
        return {
            "label": self.label,
            "green": counts.green,
            "amber": counts.amber,
            "red": counts.red,
            "not_applicable": counts.not_applicable,
            "unrated": counts.unrated,
        }


def _counts(principle: Principle, ratings: Mapping[str, Rating | None]) -> CountsRow:
    found = count(ratings.get(criterion.code) for criterion in principle.criteria)
    return CountsRow(principle.code, principle.title, found)


def count_principles(edition: str, ratings: Mapping[str, Rating | None]) -> list[CountsRow]:
    """The counts of each principle of an edition; ratings by criterion, None or nothing where it is unrated."""
    return [_counts(principle, ratings) for principle in get_edition(edition).principles]


def count_all(rows: list[CountsRow]) -> CountsRow:
    """The counts of all the principles together."""
    return CountsRow("all", "All criteria", overall(row.counts for row in rows))


def _answer(entry: AuditEntry) -> Answer:
    return Answer(
        rating=entry.rated,
        has_journey=bool(entry.journey),
        has_evidence=bool(entry.evidence),
        lacks_reason=entry.rating == Rating.NOT_APPLICABLE,
    )


def section_needs(principle: Principle, entries: Entries) -> Needs:
    """What a section still needs."""
    return find_needs(
        (_answer(entries[criterion.code]) for criterion in principle.criteria),
        has_summary=bool(entries[principle.code].journey),
    )


def needs_words(needs: Needs) -> list[str]:
    """What a section still needs, in a few words each, with the number of criteria it is out of."""
    words = []
    if needs.unrated:
        without = f", {needs.reasons} of them for want of a reason why not applicable" if needs.reasons else ""
        words.append(f"{needs.unrated} of {needs.criteria} criteria not rated yet{without}")
    if needs.journeys:
        words.append(f"{needs.journeys} of {needs.criteria} criteria rated without words on the journey")
    if needs.evidence:
        green = f" ({needs.green_without_evidence} of them green)" if needs.green_without_evidence else ""
        words.append(f"{needs.evidence} of {needs.criteria} criteria rated without evidence{green}")
    if needs.summary:
        words.append("no summary yet")
    return words


@dataclass(frozen=True)
class CriterionView:
    """A criterion to read."""

    anchor: str
    number: str
    text: str
    rating: str
    reason: str
    journey: str
    evidence: str


@dataclass(frozen=True)
class SectionView:
    """A section to read."""

    code: str
    title: str
    subtitle: str | None
    counts: CountsRow
    needs: list[str]
    summary: str
    criteria: list[CriterionView]


@dataclass(frozen=True)
class AuditView:
    """A whole audit to read."""

    sections: list[SectionView]
    total: CountsRow
    overall_summary: str

    @property
    def rows(self) -> list[CountsRow]:
        """The counts of each principle."""
        return [section.counts for section in self.sections]

    @property
    def axes(self) -> list[dict[str, str | float | None]]:
        """The share in place of each principle, as the charts take it."""
        return [{"label": row.label, "value": row.counts.in_place} for row in self.rows]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing anywhere."""
        return bool(self.overall_summary) and not any(section.needs for section in self.sections)


def _criterion(criterion: Criterion, entry: AuditEntry) -> CriterionView:
    return CriterionView(
        anchor=form_prefix(criterion.code).rstrip("-"),
        number=number_of(criterion),
        text=criterion.text,
        rating=entry.rated or UNRATED,
        reason=entry.reason if entry.rating == Rating.NOT_APPLICABLE else "",
        journey=entry.journey,
        evidence=entry.evidence,
    )


def audit_view(audit: Audit, entries: Entries) -> AuditView:
    """A whole audit, in the order of its edition."""
    sections = []
    for principle in get_edition(audit.edition).principles:
        sections.append(
            SectionView(
                code=principle.code,
                title=principle.title,
                subtitle=principle.subtitle,
                counts=_counts(principle, {code: entry.rated for code, entry in entries.items()}),
                needs=needs_words(section_needs(principle, entries)),
                summary=entries[principle.code].journey,
                criteria=[_criterion(criterion, entries[criterion.code]) for criterion in principle.criteria],
            )
        )
    return AuditView(sections, count_all([each.counts for each in sections]), entries[OVERALL].journey)


@dataclass(frozen=True)
class Conflict:
    """What somebody else saved in a field meanwhile."""

    label: str
    text: str
    by: str
    digest: str


@dataclass(frozen=True)
class EntryView:
    """An entry to write: its form, and the fields where somebody has to choose."""

    code: str
    legend: str
    form: EntryForm
    conflicts: dict[str, Conflict]

    @property
    def prefix(self) -> str:
        """What the ids of the entry's parts begin with."""
        return form_prefix(self.code)

    @property
    def sent_names(self) -> str:
        """The names of the fields that belong to this entry, for htmx to send these alone."""
        names = ["csrf_token", f"{self.prefix}seen", *(self.prefix + name for name in self.form.names())]
        for field in self.conflicts:
            names += [f"{self.prefix}keep-{field}", f"{self.prefix}shown-{field}"]
        return ",".join(names)


def entry_view(legend: str, form: EntryForm, entry: AuditEntry, conflicts: Iterable[str] = ()) -> EntryView:
    """An entry's form, with both texts where two people wrote at once; `entry` as it stands now."""
    found = {}
    for field in conflicts:
        text = values_of(entry)[field]
        found[field] = Conflict(
            label=form[field].label.text,
            text=rating_words(text) if field == "rating" else text,
            by=entry.changed_by or "somebody else",
            digest=digest(text),
        )
    return EntryView(entry.code, legend, form, found)


class Problems:
    """The errors of several forms, as the error summary takes them."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = tuple(forms)

    @property
    def errors(self) -> bool:
        """Whether there are any."""
        return any(form.errors for form in self.forms)

    @property
    def form_errors(self) -> list[str]:
        """Those without a field."""
        return [error for form in self.forms for error in form.form_errors]

    def __iter__(self) -> Iterator[Field]:
        return chain.from_iterable(self.forms)


@dataclass(frozen=True)
class Step:
    """A section as a step before or after another."""

    code: str
    title: str


@dataclass(frozen=True)
class SectionPlan:
    """A section to write: which entries it has, and its neighbours."""

    code: str
    title: str
    subtitle: str | None
    criteria: tuple[Criterion, ...]
    before: Step | None
    after: Step | None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its entries: criteria, then the summary."""
        return (*(criterion.code for criterion in self.criteria), self.code)

    def make_form(self, entry: AuditEntry, **kwargs: Any) -> EntryForm:
        """The form of one of its entries, with what was sent; with `formdata=None` as the entry says."""
        return SummaryForm(entry, **kwargs) if entry.code == self.code else CriterionForm(entry, **kwargs)

    def legend(self, code: str) -> str:
        """What an entry is about."""
        if code == self.code:
            return "Summary of the whole audit" if code == OVERALL else f"Summary of {self.title}"
        return next(f"{number_of(each)}. {each.text}" for each in self.criteria if each.code == code)

    def needs(self, entries: Entries) -> list[str]:
        """What it still needs, in words."""
        if self.criteria:
            return needs_words(
                find_needs(
                    (_answer(entries[criterion.code]) for criterion in self.criteria),
                    has_summary=bool(entries[self.code].journey),
                )
            )
        return [] if entries[self.code].journey else ["no summary yet"]


def plan_sections(edition: str) -> dict[str, SectionPlan]:
    """The sections of an audit by code: the principles, then the summary of the whole."""
    principles = get_edition(edition).principles
    steps = [*(Step(each.code, each.title) for each in principles), Step(OVERALL, "Overall summary")]
    plans = {}
    for place, step in enumerate(steps):
        principle = principles[place] if place < len(principles) else None
        plans[step.code] = SectionPlan(
            code=step.code,
            title=step.title,
            subtitle=principle.subtitle if principle else None,
            criteria=principle.criteria if principle else (),
            before=steps[place - 1] if place else None,
            after=steps[place + 1] if place + 1 < len(steps) else None,
        )
    return plans


def state_words(audit: Audit) -> str:
    """Where an audit is in its life, and who sees it."""
    if audit.state == AuditState.IN_PROGRESS:
        return AuditState.IN_PROGRESS.words
    return "Submitted, shared with the coordinator" if audit.disclosure == Disclosure.SHARED else "Submitted"

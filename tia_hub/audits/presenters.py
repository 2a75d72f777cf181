"""What the pages of audits show, already worded."""

from collections.abc import Mapping
from dataclasses import dataclass

from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.scoring import Answer, Counts, count, find_needs, overall
from tia_hub.audits.sections import Section, anchor, list_sections, number_of
from tia_hub.audits.types import OVERALL, UNRATED, AuditState, Disclosure, Rating
from tia_hub.framework.types import Criterion

Entries = Mapping[str, AuditEntry]


def scope_words(audit: Audit, organisation: str) -> str:
    """What is audited: a team as it is called now, with the name that the audit was begun for where that is another."""
    if audit.team is None or audit.team_name is None:
        return f"The whole of {organisation}"
    begun_as, name = audit.team_name, audit.team.name
    same = begun_as == name or begun_as.endswith(f" / {name}")
    return begun_as if same else f"{name} (begun as {begun_as})"


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


def _counts(section: Section, ratings: Mapping[str, Rating | None]) -> CountsRow:
    found = count(ratings.get(criterion.code) for criterion in section.criteria)
    return CountsRow(section.code, section.title, found)


def count_principles(edition: str, ratings: Mapping[str, Rating | None]) -> list[CountsRow]:
    """The counts of each principle of an edition; ratings by criterion, None or nothing where it is unrated."""
    return [_counts(section, ratings) for section in list_sections(edition).values() if section.criteria]


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


def section_needs(section: Section, entries: Entries) -> list[str]:
    """What a section still needs, in a few words each, with the number of criteria it is out of."""
    needs = find_needs(
        (_answer(entries[criterion.code]) for criterion in section.criteria),
        has_summary=bool(entries[section.code].journey),
    )
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
        anchor=anchor(criterion.code),
        number=number_of(criterion),
        text=criterion.text,
        rating=entry.rated or UNRATED,
        reason=entry.reason if entry.rating == Rating.NOT_APPLICABLE else "",
        journey=entry.journey,
        evidence=entry.evidence,
    )


def audit_view(audit: Audit, entries: Entries) -> AuditView:
    """A whole audit, in the order of its edition."""
    ratings = {code: entry.rated for code, entry in entries.items()}
    sections = [
        SectionView(
            code=section.code,
            title=section.title,
            subtitle=section.subtitle,
            counts=_counts(section, ratings),
            needs=section_needs(section, entries),
            summary=entries[section.code].journey,
            criteria=[_criterion(criterion, entries[criterion.code]) for criterion in section.criteria],
        )
        for section in list_sections(audit.edition).values()
        if section.criteria
    ]
    return AuditView(sections, count_all([each.counts for each in sections]), entries[OVERALL].journey)


def state_words(audit: Audit) -> str:
    """Where an audit is in its life, and who sees it."""
    if audit.state == AuditState.IN_PROGRESS:
        return AuditState.IN_PROGRESS.words
    return "Submitted, shared with the coordinator" if audit.disclosure == Disclosure.SHARED else "Submitted"

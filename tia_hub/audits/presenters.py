"""What the pages of audits show, already worded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.scoring import Answer, Counts, count, find_needs, overall
from tia_hub.audits.sections import Section, anchor, list_sections, number_of
from tia_hub.audits.types import OVERALL, UNRATED, Asked, AuditState, Disclosure, Rating, View
from tia_hub.framework.types import Criterion

Entries = Mapping[str, AuditEntry]
Names = Mapping[UUID, str]
"""Names of members by membership."""


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
class PersonView:
    """What somebody who was asked says about a criterion."""

    name: str
    rating: str
    """Empty where they gave none."""
    comment: str


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
    views: list[PersonView]


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


def _criterion(
    criterion: Criterion, entry: AuditEntry, views: Sequence[View] = (), names: Names = MappingProxyType({})
) -> CriterionView:
    return CriterionView(
        anchor=anchor(criterion.code),
        number=number_of(criterion),
        text=criterion.text,
        rating=entry.rated or UNRATED,
        reason=entry.reason if entry.rating == Rating.NOT_APPLICABLE else "",
        journey=entry.journey,
        evidence=entry.evidence,
        views=[
            PersonView(names[each.member_id], each.rating or "", each.comment) for each in views if each.code == criterion.code
        ],
    )


def audit_view(audit: Audit, entries: Entries, views: Sequence[View] = (), names: Names = MappingProxyType({})) -> AuditView:
    """A whole audit, in the order of its edition; with the views of people who were asked, whose `names` are by membership."""
    ratings = {code: entry.rated for code, entry in entries.items()}
    sections = [
        SectionView(
            code=section.code,
            title=section.title,
            subtitle=section.subtitle,
            counts=_counts(section, ratings),
            needs=section_needs(section, entries),
            summary=entries[section.code].journey,
            criteria=[_criterion(criterion, entries[criterion.code], views, names) for criterion in section.criteria],
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


def ask_choices(edition: str) -> list[tuple[str, str]]:
    """What somebody can be asked about: whole principles, and each criterion after its own."""
    choices = []
    for section in list_sections(edition).values():
        if section.criteria:
            choices.append((section.code, f"All {len(section.criteria)} criteria of {section.title}"))
            choices += [(each.code, section.legend(each.code)) for each in section.criteria]
    return choices


def legends(edition: str, codes: Collection[str]) -> dict[str, str]:
    """The texts of some criteria by code, in the order of the edition."""
    return {
        each.code: each.text for section in list_sections(edition).values() for each in section.criteria if each.code in codes
    }


def shown_entries(edition: str, entries: Entries) -> dict[str, CriterionView]:
    """What the organisation wrote under some criteria, by code."""
    return {
        each.code: _criterion(each, entries[each.code])
        for section in list_sections(edition).values()
        for each in section.criteria
        if each.code in entries
    }


@dataclass(frozen=True)
class RequestRow:
    """Somebody who was asked, in the lead's list."""

    request_id: UUID
    name: str
    words: str
    due_on: date | None
    withdrawn: bool


def request_rows(requests: Sequence[Asked], names: Names) -> list[RequestRow]:
    """Who was asked, and how much of it they answered."""
    return [
        RequestRow(
            each.request_id,
            names[each.member_id],
            f"{each.answered} of {each.criteria} criteria answered",
            each.due_on,
            each.withdrawn,
        )
        for each in requests
    ]

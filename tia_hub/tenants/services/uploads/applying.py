"""Importing the good rows of a staff list in batches, each of which is whole; and closing the access of leavers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.scope import Actor, OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.models.uploads import StaffUpload, StaffUploadRow
from tia_hub.tenants.queries.organisations import get_own_organisation
from tia_hub.tenants.queries.people import list_named_members
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.queries.uploads import count_outcomes, find_memberships, hold_upload, next_rows
from tia_hub.tenants.services.many_invitations import invite_many
from tia_hub.tenants.services.people import change_member, end_membership
from tia_hub.tenants.services.teams import create_team
from tia_hub.tenants.services.uploads.columns import PATH, TeamNames, full_paths, paths_to_make, split_path
from tia_hub.tenants.types.invitations import Invitee
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.uploads import RowOutcome, RowVerdict, UploadState

INVITED_AT_ONCE = 1_000
CHANGED_AT_ONCE = 25
"""Rows in one transaction, during which nobody else changes who manages whom."""


def import_batch(scope: OrganisationScope, upload_id: UUID) -> int:
    """Import the next few rows; how many. None are left where it is 0. The acting person is who chose to import."""
    upload = hold_upload(scope, upload_id)
    if upload.state != UploadState.IMPORTING:
        return 0
    _act_for_who_chose(scope, upload)
    teams = _Teams(scope, upload)
    # Members first: who is to be a manager by this list may be named by those who are invited.
    if rows := next_rows(scope, upload_id, RowVerdict.CHANGED, CHANGED_AT_ONCE):
        _change(scope, rows, teams)
    elif rows := next_rows(scope, upload_id, RowVerdict.NEW, INVITED_AT_ONCE):
        _invite(scope, rows, teams)
    return len(rows)


def _act_for_who_chose(scope: OrganisationScope, upload: StaffUpload) -> None:
    """What a job does here is done by the person who chose to import, and its mails name the organisation."""
    organisation = get_own_organisation(scope)
    scope.name, scope.slug = organisation.name, organisation.slug
    scope.actor = Actor(person_id=upload.decided_by, name=upload.decided_by_name or scope.actor.name)


class _Teams:
    """The organisation's teams by path; those that the list asks for are made where they are not there."""

    def __init__(self, scope: OrganisationScope, upload: StaffUpload) -> None:
        self._scope = scope
        self._problems: dict[str, str] = {}
        self._read()
        for names in paths_to_make(upload.new_teams):
            if self._find(names) is None:
                self._make(names)

    def _read(self) -> None:
        teams = list_teams(self._scope)
        self._ids = {team.id for team in teams}
        self._names = TeamNames(full_paths(teams))

    def _find(self, names: Sequence[str]) -> UUID | None:
        return self._names.find(PATH.join(names))[0] if names else None

    def _make(self, names: Sequence[str]) -> None:
        try:
            create_team(self._scope, name=names[-1], parent_id=self._find(names[:-1]), remit="")
        except Refused as refusal:
            self._problems[PATH.join(names)] = str(refusal)
        else:
            self._scope.session.flush()
            self._read()

    def find(self, entry: Mapping[str, Any]) -> UUID | None:
        """The team that a row asks for; None where it asks for none. Raises Refused where it is not there."""
        if entry.get("team_id"):
            team_id = UUID(entry["team_id"])
            if team_id not in self._ids:
                raise Refused("The team is not here any more.")
            return team_id
        path = entry.get("new_team")
        if not path:
            return None
        found = self._find(split_path(path))
        if found is None:
            raise Refused(self._problems.get(path, f"The team “{path}” could not be made."))
        return found


def _change(scope: OrganisationScope, rows: list[StaffUploadRow], teams: _Teams) -> None:
    ids = {row.membership_id for row in rows if row.membership_id}
    members = {member.id: member for member in list_named_members(scope, ids)}
    managers = find_memberships(scope, {_manager_of(row) for row in rows if _manager_of(row)})
    for row in rows:
        try:
            with scope.session.begin_nested():
                _change_one(scope, members.get(row.membership_id) if row.membership_id else None, row, teams, managers)
        except Refused as refusal:
            row.outcome, row.outcome_words = RowOutcome.REFUSED, str(refusal)
        else:
            row.outcome = RowOutcome.CHANGED


def _change_one(
    scope: OrganisationScope,
    member: Membership | None,
    row: StaffUploadRow,
    teams: _Teams,
    managers: Mapping[str, UUID],
) -> None:
    entry = row.entry
    if member is None or member.ended_at is not None:
        raise Refused("They have left meanwhile.")
    manager_id = member.manager_id
    manager = _manager_of(row)
    if manager in managers:
        manager_id = managers[manager]
    elif entry.get("manager"):
        raise Refused(f"The manager {manager} has left meanwhile.")
    change_member(
        scope,
        member.id,
        role=Role(entry.get("role") or member.role),
        job_title=entry.get("job_title") or member.job_title,
        team_id=teams.find(entry) or member.team_id,
        manager_id=manager_id,
    )
    if manager_id is None and entry.get("awaited"):
        member.awaited_manager = entry["awaited"]


def _manager_of(row: StaffUploadRow) -> str:
    """The address of the line manager whom a row names, here or awaited."""
    return str(row.entry.get("manager") or row.entry.get("awaited") or "")


def _invite(scope: OrganisationScope, rows: list[StaffUploadRow], teams: _Teams) -> None:
    invitees = []
    for row in rows:
        try:
            invitees.append(
                Invitee(
                    email=row.email,
                    name=row.name,
                    role=Role(row.entry["role"] or Role.STAFF),
                    job_title=row.entry["job_title"] or "",
                    team_id=teams.find(row.entry),
                    manager_email=row.entry["manager"],
                )
            )
        except Refused as refusal:
            row.outcome, row.outcome_words = RowOutcome.REFUSED, str(refusal)
    made = set(invite_many(scope, invitees).made)
    for row in rows:
        if row.outcome is None:
            row.outcome = RowOutcome.INVITED if row.email in made else RowOutcome.ALREADY_INVITED


def end_import(scope: OrganisationScope, upload_id: UUID) -> None:
    """Say what was done, and forget the file."""
    upload = hold_upload(scope, upload_id)
    if upload.state != UploadState.IMPORTING:
        return
    _act_for_who_chose(scope, upload)
    outcomes = count_outcomes(scope, upload_id)
    upload.counts = upload.counts | {f"done_{outcome}": count for outcome, count in outcomes.items()}
    upload.state, upload.finished_at, upload.content = UploadState.DONE, now(), None
    invited, changed = outcomes.get(RowOutcome.INVITED, 0), outcomes.get(RowOutcome.CHANGED, 0)
    words = f"Imported the staff list {upload.file_name}: {invited:,} invited, {changed:,} changed"
    record(scope, "staff_list.imported", words, target_id=upload_id)


def close_leavers(
    scope: OrganisationScope, membership_ids: Collection[UUID], *, successor_id: UUID | None
) -> tuple[list[str], list[str]]:
    """Close the access of some members, and hand over those whom they manage; their names, and why others stay as they are."""
    closed: list[str] = []
    problems: list[str] = []
    for membership_id in membership_ids:
        try:
            with scope.session.begin_nested():
                closed.append(end_membership(scope, membership_id, successor_id=successor_id))
        except Refused as refusal:
            problems.append(str(refusal))
    return closed, problems

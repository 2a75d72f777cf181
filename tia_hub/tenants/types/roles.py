"""Roles in plain English, with what each permits."""

from enum import StrEnum

from tia_hub.core.permissions import Permission as P


class Role(StrEnum):
    """Roles in an organisation. What a role permits is here and nowhere else."""

    CONTRIBUTOR = "contributor"
    STAFF = "staff"
    MANAGER = "manager"
    LEAD = "lead"

    @property
    def words(self) -> str:
        """The role's name."""
        return {"contributor": "Contributor", "staff": "Member of staff", "manager": "Manager", "lead": "Lead"}[self.value]

    @property
    def description(self) -> str:
        """Who has it."""
        return {
            "contributor": "A guest, such as somebody with lived experience, a partner or a board member, who sees only the "
            "parts of an audit that they are asked about.",
            "staff": "Everybody who works in the organisation.",
            "manager": "Somebody who manages others and agrees their training plans with them.",
            "lead": "Somebody who leads the organisation's work on becoming trauma-informed.",
        }[self.value]

    @property
    def permissions(self) -> frozenset[P]:
        """What it permits in the organisation."""
        return _PERMISSIONS[self]


_CONTRIBUTOR = frozenset({P.ORGANISATION_OPEN, P.AUDIT_CONTRIBUTE})


_STAFF = _CONTRIBUTOR | {P.AUDIT_READ, P.ASSESSMENT_OWN, P.OUTCOME_READ, P.COURSE_READ}


_MANAGER = _STAFF | {P.ASSESSMENT_MANAGE}


_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.STAFF: _STAFF,
    Role.MANAGER: _MANAGER,
    Role.LEAD: _MANAGER
    | {
        P.PEOPLE_MANAGE,
        P.AUDIT_WRITE,
        P.TRAINING_PICTURE,
        P.COURSE_SCORE,
        P.OUTCOME_WRITE,
        P.PUBLICATION_READ,
        P.SIGN_IN_MANAGE,
        P.ORGANISATION_TRAIL,
        P.SIGN_IN_RULES,
        P.ORGANISATION_EXPORT,
        P.ORGANISATION_CHANGE,
        P.RETENTION_CHOOSE,
    },
}


OPERATOR_WORDS = "Operator"


OPERATOR_MAY = (
    "set up partnerships, their areas and their first coordinators, from the command line",
    "see who has an account, and send somebody a link to choose a password",
)
"""What the database role of who runs the installation lets them do. It has no policy on any organisation's table, so no page
and no command shows them any."""


COORDINATOR_WORDS = "Coordinator"


COORDINATOR_PERMISSIONS = frozenset(
    {
        P.PARTNERSHIP_OPEN,
        P.ORGANISATION_MANAGE,
        P.REGISTRY_MANAGE,
        P.REPORT_READ,
        P.REPORT_WRITE,
        P.PARTNERSHIP_TRAIL,
    }
)

"""The scope in which an organisation leaves or comes as a whole. No other room may import it."""

from dataclasses import dataclass
from uuid import UUID

from tia_hub.core.permissions import PlaceKind
from tia_hub.core.scope import Home, OrganisationScope


@dataclass(kw_only=True, eq=False)
class LeavingScope(Home):
    """All rows of one organisation, personal forms included, and of no other: nothing read in it is ever shown."""

    database_role = "tia_leaving"
    kind = PlaceKind.ORGANISATION
    organisation_id: UUID

    @classmethod
    def of(cls, scope: OrganisationScope) -> "LeavingScope":
        """That of an organisation's own scope, by the same actor."""
        return cls(
            organisation_id=scope.organisation_id,
            partnership_id=scope.partnership_id,
            actor=scope.actor,
            slug=scope.slug,
            name=scope.name,
        )

    def settings(self) -> dict[str, str]:
        """The organisation, its partnership, and the organisation as the home of its trail."""
        return {
            "organisation": str(self.organisation_id),
            "partnership": str(self.partnership_id),
            "home": str(self.organisation_id),
        }

    @property
    def home_id(self) -> UUID:
        """The organisation."""
        return self.organisation_id


@dataclass(kw_only=True, eq=False)
class DeletingScope(LeavingScope):
    """The same, while the organisation is deleted: what is said of it is the partnership's, as it is gone when that is sent."""

    kind = PlaceKind.PARTNERSHIP

    @property
    def home_id(self) -> UUID:
        """The partnership."""
        return self.partnership_id

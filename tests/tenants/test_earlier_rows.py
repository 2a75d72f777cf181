"""What an installation held before teams could share a name and forms went back: brought up to date, and back again."""

from uuid import UUID, uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from tests.services import Services
from tia_hub.core.migrate import bootstrap, configuration, downgrade, migrate

REVISION = "0010"


@pytest.fixture
def urls(services: Services) -> tuple[str, str]:
    """A database of its own at the revision before, as its owner and as the superuser."""
    database = "tia_earlier_rows"
    bootstrap(services.postgres.superuser_url(), database)
    owner = services.postgres.url("tia_owner", database)
    before = ScriptDirectory.from_config(configuration(owner)).get_revision(REVISION).down_revision
    assert isinstance(before, str)
    migrate(owner, before)
    return owner, services.postgres.superuser_url(database)


class _Rows:
    """Rows of one organisation, by plain SQL: the models are those of today."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.organisation, partnership = uuid4(), uuid4()
        self.add("partnership", id=partnership, slug="p", name="P", small_number=7)
        self.add(
            "organisation", id=self.organisation, partnership_id=partnership, slug="o", name="O", sector="police", headcount=1
        )

    def add(self, table: str, **values: object) -> None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)

    def member(self, name: str, role: str = "staff", *, left: bool = False) -> UUID:
        person, member = uuid4(), uuid4()
        self.add("person", id=person, email=f"{name}@example.org", name=name, active=True, fs_uniquifier=name)
        self.add(
            "membership",
            organisation_id=self.organisation,
            id=member,
            person_id=person,
            role=role,
            job_title="",
            ended_at="2026-01-01" if left else None,
        )
        return member

    def form(self, worker: UUID, manager: UUID, state: str) -> None:
        figure = uuid4()
        of = {"organisation_id": self.organisation, "manager_id": manager, "membership_id": worker}
        self.add("training_figure", organisation_id=self.organisation, id=figure, state=state, areas=[])
        self.add(
            "self_assessment",
            id=uuid4(),
            state=state,
            edition="2022",
            promise="{}",
            audiences=[],
            marks="{}",
            figure_id=figure,
            **of,
        )
        if state == "agreed":
            self.add("agreed_form", id=uuid4(), agreed_at="2026-01-01", content="{}", **of)


def test_rows_of_before_follow_the_rules_and_find_their_way_back(urls: tuple[str, str]) -> None:
    owner, superuser = urls
    engine = create_engine(superuser)
    with engine.begin() as connection:
        rows = _Rows(connection)
        stays, gone = rows.member("Zoë", "manager"), rows.member("gone", "manager", left=True)
        workers = {
            "shared, stays": (rows.member("a"), stays, "shared"),
            "agreed, stays": (rows.member("b"), stays, "agreed"),
            "shared, manager gone": (rows.member("c"), gone, "shared"),
            "agreed, manager gone": (rows.member("d"), gone, "agreed"),
            "agreed, worker gone": (rows.member("e", left=True), stays, "agreed"),
            "shared, role gone": (rows.member("f"), rows.member("g"), "shared"),
        }
        for worker, manager, state in workers.values():
            rows.form(worker, manager, state)
    migrate(owner, REVISION)
    with engine.begin() as connection:
        found = connection.execute(
            text(
                "SELECT membership_id, state, manager_id IS NULL, closed_to_manager_at IS NOT NULL, figure_id IS NULL "
                "FROM self_assessment"
            )
        ).all()
        by_worker = {row[0]: tuple(row[1:]) for row in found}
        assert {words: by_worker[worker] for words, (worker, _, _) in workers.items()} == {
            "shared, stays": ("shared", False, False, False),
            "agreed, stays": ("agreed", False, False, False),
            "shared, manager gone": ("draft", True, True, True),
            "agreed, manager gone": ("agreed", False, True, False),
            "agreed, worker gone": ("agreed", False, True, False),
            "shared, role gone": ("draft", True, True, True),
        }
        closed = connection.execute(
            text("SELECT count(*) FROM agreed_form WHERE closed_to_manager_at IS NOT NULL")
        ).scalar_one()
        assert closed == 2
        assert connection.execute(text("SELECT count(*) FROM training_figure")).scalar_one() == 4
        listed = connection.execute(text("SELECT listing FROM membership WHERE id = :id"), {"id": stays}).scalar_one()
        assert listed == "zoe\nzoe@example.org"
        for number in range(3):
            top = uuid4()
            of = {"organisation_id": rows.organisation, "remit": "", "level_note": ""}
            rows.connection = connection
            rows.add("team", id=top, name=f"Site {number}", **of)
            rows.add("team", id=uuid4(), parent_id=top, name="Reception", **of)
    before = ScriptDirectory.from_config(configuration(owner)).get_revision(REVISION).down_revision
    downgrade(owner, str(before))
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM team WHERE name LIKE 'Reception%' ORDER BY name")).scalars().all()
        assert names == ["Reception", "Reception (2)", "Reception (3)"]
    migrate(owner, REVISION)
    engine.dispose()

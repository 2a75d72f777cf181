"""No table is forgotten: what a new room writes leaves with its organisation, or is named with the reason why not."""

from sqlalchemy import Engine, UniqueConstraint, text

from tia_hub.core.db import Base
from tia_hub.leaving.tables import HERE_ALONE, LEFT_OUT, SEALED, all_tables, owner_column, taken_along


def test_every_table_of_an_organisation_leaves_or_says_why_not(superuser_engine: Engine) -> None:
    with superuser_engine.connect() as connection:
        stored = set(
            connection.execute(
                text(
                    "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t "
                    "USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE' AND c.table_schema = 'public' "
                    "AND c.column_name IN ('organisation_id', 'home_id')"
                )
            ).scalars()
        )
    assert stored | {"organisation"} == set(all_tables())
    assert {table.name for table in taken_along()} | set(LEFT_OUT) | set(HERE_ALONE) >= stored
    assert all({**LEFT_OUT, **HERE_ALONE, **SEALED}.values())


def test_only_what_is_sealed_refers_to_what_is_sealed() -> None:
    """What can be read is brought in first, also where the sealed part is left out."""
    for table in taken_along():
        if table.name not in SEALED:
            assert not {key.column.table.name for key in table.foreign_keys} & set(SEALED), table.name


def test_what_stays_does_not_hold_what_is_put_back() -> None:
    """Putting back takes rows away first: nothing that is not put back itself may refer to them."""
    for name in LEFT_OUT:
        held = {key.column.table.name for key in all_tables()[name].foreign_keys} - set(LEFT_OUT)
        assert held <= {"organisation", "person", "partnership"}, name


def test_what_leaves_does_not_refer_to_what_stays() -> None:
    for table in taken_along():
        held = {key.column.table.name for key in table.foreign_keys}
        assert not held & {*LEFT_OUT, *HERE_ALONE}, table.name


def test_deleting_from_the_last_table_to_the_first_never_hits_a_reference() -> None:
    order = list(all_tables())
    for name, table in all_tables().items():
        for key in table.foreign_keys:
            target = key.column.table.name
            if target in order and target != name:
                assert order.index(target) < order.index(name)


def test_deleting_people_looks_up_what_refers_to_them() -> None:
    """An organisation has thousands of people and figures: without an index each is looked for in all that refers to them."""
    for table in all_tables().values():
        indexed = [{column.name for column in table.primary_key.columns}]
        indexed += [
            {column.name for column in each.columns} for each in table.constraints if isinstance(each, UniqueConstraint)
        ]
        indexed += [{column.name for column in index.columns} for index in table.indexes]
        for key in table.foreign_key_constraints:
            if key.referred_table.name in ("membership", "training_figure"):
                assert {column.name for column in key.columns} in indexed, f"{table.name}: {key.column_keys}"


def test_a_row_is_known_by_its_owner() -> None:
    for table in Base.metadata.tables.values():
        if table.name in all_tables():
            assert owner_column(table).name in ("id", "organisation_id", "home_id")

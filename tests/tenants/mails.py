"""Reading what was mailed, as it was written down."""

import re

from sqlalchemy import Engine, text


def bodies_to(engine: Engine, address: str) -> list[str]:
    """The texts of the mails to an address, oldest first."""
    with engine.begin() as connection:
        rows = connection.execute(
            text("SELECT text_body FROM email WHERE to_address = :to ORDER BY created_at"), {"to": address}
        )
        return [row[0] for row in rows]


def invitation_path(engine: Engine, address: str, number: int = -1) -> str:
    """The path of the link in the last (or another) invitation to an address."""
    found = re.search(r"http://localhost(/invitation/\S+)", bodies_to(engine, address)[number])
    assert found
    return found[1]


def rows(engine: Engine, statement: str, **values: object) -> list[tuple[object, ...]]:
    """What is stored, past every policy."""
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]

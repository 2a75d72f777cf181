"""What every table holds, to compare before and after."""

from sqlalchemy import Engine, text

NOT_CHANGES = frozenset({"sign_in_try"})
"""Tables that an attempt writes to, so that there can't be too many of them."""


def fingerprint(engine: Engine) -> dict[str, str]:
    """A digest of each table's rows; needs the superuser."""
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        ).scalars()
        return {
            name: connection.execute(
                text(f"SELECT count(*) || md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t")
            ).scalar_one()
            for name in names
            if name not in NOT_CHANGES
        }

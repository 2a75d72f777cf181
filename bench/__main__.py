"""Run every benchmark: `make bench`. Exit code 1 where a figure misses its goal."""

import sys

from sqlalchemy import create_engine

from bench import audit_page, invitations, people_page, process, report, sign_in, staff_list
from bench.measuring import Figure
from tests.client import StrictClient
from tests.services import running
from tia_hub.app import create_app


def main() -> int:
    """Measure and print; how many figures missed their goal decides the exit code."""
    with running() as services:
        app = create_app(services.settings)
        app.test_client_class = StrictClient
        owner = create_engine(services.settings.migration_database_url or "")
        superuser = create_engine(services.postgres.superuser_url("tia_hub"))
        figures: list[Figure] = []
        for title, measure in (
            ("audit page", lambda: audit_page.measure(app, services, owner)),
            ("people page", lambda: people_page.measure(app, owner, superuser)),
            ("staff list", lambda: staff_list.measure(app, services, owner, superuser)),
            ("report", lambda: report.measure(app, owner, superuser)),
            ("signing in", lambda: sign_in.measure(app, services, owner, superuser)),
            ("invitations", lambda: invitations.measure(app, owner, superuser)),
            ("web process", lambda: process.measure(app, services, owner)),
        ):
            print(f"{title}:", flush=True)
            found = measure()
            figures += found
            print("\n".join(str(figure) for figure in found), flush=True)
    missed = [figure for figure in figures if not figure.reached]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} figures reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

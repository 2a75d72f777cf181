"""The `tia-hub` command, for whoever runs an installation. Exit codes: 0 done, 1 refused or failed, 2 asked wrongly."""

from tia_hub.cli import erasing, exporting, inviting, organisations, partnerships, people, serving, trails
from tia_hub.cli.frame import main

GROUPS = (
    partnerships.partnership,
    organisations.organisation,
    people.person,
    inviting.invite,
    exporting.export,
    erasing.erase,
    trails.trail,
)
COMMANDS = (serving.web, serving.migrate, serving.bootstrap, serving.demo, serving.seed, serving.health)

for command in (*GROUPS, *COMMANDS):
    main.add_command(command)

__all__ = ("main",)

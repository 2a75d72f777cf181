"""The `tia-hub` command, for whoever runs an installation. Exit codes: 0 done, 1 refused or failed, 2 asked wrongly."""

from tia_hub.cli import exporting, inviting, organisations, partnerships, people, serving, trails
from tia_hub.cli.frame import main

for group in (
    partnerships.partnership,
    organisations.organisation,
    people.person,
    inviting.invite,
    exporting.export,
    trails.trail,
):
    main.add_command(group)
for command in (serving.web, serving.migrate, serving.bootstrap, serving.demo, serving.seed):
    main.add_command(command)

__all__ = ("main",)

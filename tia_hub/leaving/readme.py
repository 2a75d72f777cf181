"""The README of an export, for whoever opens it."""

from collections.abc import Sequence
from textwrap import dedent

from tia_hub.leaving.archive import FileEntry


def readme(organisation: str, partnership: str, made_on: str, entries: Sequence[FileEntry]) -> str:
    """What is in an export, in words."""
    rows = "\n".join(
        f"  {entry.name:<44}{entry.rows:>9,}" for entry in entries if entry.rows is not None and entry.name.startswith("data/")
    )
    return dedent(
        """\
        All data of {organisation}
        as kept by TIA Hub for {partnership} on {made_on}

        What is here
          data/      every table, one row a line, as JSON: this is what another TIA Hub reads
          tables/    the same tables as CSV, for people who want to read them in a spreadsheet
          files/     pictures and documents, as they were uploaded
          sealed/    self-assessments, what was agreed, and figures of single people
          manifest.json          every file with its size, number of rows and SHA-256
          manifest.json.sha256   the SHA-256 of the manifest itself

        What nobody can read
          A self-assessment is read by the person it is about and by the manager it was shared with, and by nobody else. So it
          leaves encrypted: only the TIA Hub that it is sealed for can open it, and shows it there to these two alone. Everybody
          can download their own from their account page.

        What is not here
          Passwords and second factors, mails, and work in progress of the service itself. People choose a new password where
          their data goes to. Reports that the partnership has issued are the partnership's.

        How to bring it to another TIA Hub
          Its operator runs: tia-hub organisation import --help
          For the sealed part they send their receiving key to the operator here, who runs: tia-hub organisation reseal --help

        How to check it
          sha256sum --check manifest.json.sha256
          and compare each file with its entry in manifest.json

        Rows
        {rows}
        """
    ).format(organisation=organisation, partnership=partnership, made_on=made_on, rows=rows)

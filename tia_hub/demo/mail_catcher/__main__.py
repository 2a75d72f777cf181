"""The mail catcher as a process of its own: `python -m tia_hub.demo.mail_catcher --help`."""

from pathlib import Path

import click
import waitress  # type: ignore[import-untyped]

from tia_hub.demo.mail_catcher.messages import MessageStore
from tia_hub.demo.mail_catcher.pages import create_pages
from tia_hub.demo.mail_catcher.server import HOST, MailCatcher


@click.command()
@click.option("--smtp-port", type=int, required=True, help="Where mail is sent to.")
@click.option("--port", type=int, required=True, help="Where the pages are.")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where messages are kept.")
def main(smtp_port: int, port: int, folder: Path) -> None:
    """Catch mail on one port of 127.0.0.1 and show it on another, until stopped."""
    store = MessageStore(folder)
    with MailCatcher(store, port=smtp_port):
        waitress.serve(create_pages(store), host=HOST, port=port, threads=2)


if __name__ == "__main__":
    main()

"""`python -m tia_hub.cli` is `tia-hub`."""

from tia_hub.cli import main

main()

"""The steps of the main path, as each of its people does them in a browser."""

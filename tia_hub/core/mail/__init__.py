"""E-mail: a row that is sent, and kept (without its text) as a record of what was sent to whom."""

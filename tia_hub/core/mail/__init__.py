"""E-mail: a row that is sent, and kept as a record of what was sent."""

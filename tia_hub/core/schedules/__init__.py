"""Schedules: what happens again and again, kept in the database; beat only pokes."""

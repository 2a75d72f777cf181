"""Partnerships, areas, organisations, teams, memberships and invitations."""

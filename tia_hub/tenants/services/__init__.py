"""What can be done to organisations, teams, people and invitations: one file for each."""

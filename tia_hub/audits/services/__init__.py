"""What can be done with audits, and with requests to contribute to them: one file for each."""

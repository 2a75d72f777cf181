"""Sheets: CSV and Excel files read with suspicion, and written so that nobody's spreadsheet runs what a cell says."""

"""What pages about organisations need, already worded: one file for each journey."""

"""An organisation as a whole: taken out, brought in, put back from a backup, deleted."""

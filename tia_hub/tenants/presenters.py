"""What pages about organisations need, already worded."""

COLOURS = {"sent": "teal", "accepted": "green", "expired": "amber", "revoked": "grey"}
"""The colour of an invitation's state, beside its word."""

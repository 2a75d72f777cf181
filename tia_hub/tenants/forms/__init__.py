"""The forms of tenants: one file for each journey."""

"""What tenants are made of, in plain types: one file for each journey."""

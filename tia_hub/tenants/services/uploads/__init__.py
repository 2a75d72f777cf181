"""Staff lists: received, matched column by column, compared with who is here, imported, and forgotten."""

"""A mail server that keeps what it is sent instead of delivering it, with pages to read it."""

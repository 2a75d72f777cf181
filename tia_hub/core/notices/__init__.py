"""Notices: what a person is told, in the product always and by mail as they wish."""

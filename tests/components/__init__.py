"""The components of the pages."""

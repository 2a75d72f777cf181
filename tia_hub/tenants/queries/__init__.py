"""Reads of the room `tenants`, a module for each journey."""

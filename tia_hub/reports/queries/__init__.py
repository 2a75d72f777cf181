"""Reads of the room `reports`, a module for each journey."""

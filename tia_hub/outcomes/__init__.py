"""Indicators and readings of the framework's outcomes model."""

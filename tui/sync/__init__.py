"""Keeping up with the engine."""

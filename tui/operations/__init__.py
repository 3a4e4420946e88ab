"""Doing things to the engine."""

"""Holdfast: a terminal dashboard that keeps Docker releases immutable."""

__version__ = "0.1.0"

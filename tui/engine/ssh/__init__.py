"""Engines of other hosts, by the system's own ssh."""

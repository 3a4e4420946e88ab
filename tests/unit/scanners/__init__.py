"""Scanners: what they say, and how they are started."""

"""Broken connections, restarted engines, hostile input."""

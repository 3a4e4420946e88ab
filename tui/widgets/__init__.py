"""Textual widgets that know nothing of Docker."""

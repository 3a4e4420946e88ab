"""Tests of tui.store."""

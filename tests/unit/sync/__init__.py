"""Tests of tui.sync."""

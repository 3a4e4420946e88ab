"""Tests of tui.settings."""

"""Tests of tui.presentation."""

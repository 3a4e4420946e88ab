"""Tests of tui.engine, on scripted answers."""

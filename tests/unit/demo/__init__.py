"""Tests of tui.demo."""

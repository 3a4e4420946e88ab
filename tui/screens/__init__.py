"""Screens and dialogs: arrange panes, ask questions."""

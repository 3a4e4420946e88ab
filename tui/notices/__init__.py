"""Telling others how an operation ended: a webhook, a program of the user's."""

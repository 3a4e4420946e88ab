"""Scanners and linters: programs of others, which look at an image and are believed no further than that."""

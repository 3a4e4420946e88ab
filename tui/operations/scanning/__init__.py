"""Scanning an image: its archive, the scanner, what it is compared with, the verdict."""

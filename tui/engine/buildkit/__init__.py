"""Builds by BuildKit: its session, in which it is the client and we the server, and its progress."""

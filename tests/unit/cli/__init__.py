"""The command line without an engine."""

"""What is known now, in memory: one writer (sync), many readers."""

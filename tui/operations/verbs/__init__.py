"""The verbs: each file plans one, and does what was planned."""

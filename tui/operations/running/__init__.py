"""An operation while it runs: its plan, what it tells, how it ends. Verbs and their parts stand on it."""

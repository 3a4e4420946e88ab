"""An operation in a process of its own: what is asked of it, how that is planned, what it answers."""

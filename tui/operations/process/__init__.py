"""An operation in a process of its own: what is asked, how it is run, what it tells."""

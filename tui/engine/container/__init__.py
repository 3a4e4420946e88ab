"""One container: how it is made, read back, compared, and looked at (Engine API, section Container)."""

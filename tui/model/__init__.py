"""Plain values and the rules in them: no I/O, no clock, no random."""

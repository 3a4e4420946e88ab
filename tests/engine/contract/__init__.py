"""What holds of the simulated engine and of a real one."""

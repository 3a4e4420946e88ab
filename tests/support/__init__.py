"""What the suites share: a private engine, registries, a terminal, plain HTTP."""

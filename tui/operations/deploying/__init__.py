"""The parts of a deploy."""

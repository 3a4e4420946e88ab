"""The Docker Engine API, over any transport."""

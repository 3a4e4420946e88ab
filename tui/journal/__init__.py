"""One JSON-lines file for each operation: what it planned, did and met, and how it ended."""

"""The one table of what can be done: keys, titles, and why not."""

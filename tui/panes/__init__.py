"""Docker-aware widgets: read the store, offer a selection."""

"""What is known of an app when something has gone wrong with it, in one archive without secrets."""

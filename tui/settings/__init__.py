"""Settings: read from TOML, written only where the program owns the file."""

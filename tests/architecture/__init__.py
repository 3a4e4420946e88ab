"""How the program is put together."""

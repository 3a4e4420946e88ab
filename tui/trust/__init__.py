"""Keys and signatures: what is signed here, and who signed what others made."""

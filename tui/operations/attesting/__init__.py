"""What this account knows of an image, put beside it in its registry."""

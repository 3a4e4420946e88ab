"""Running an image to prove that it works, and removing what that leaves."""

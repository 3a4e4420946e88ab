"""Black-box benchmark: Holdfast and lazydocker side by side, as a user sees them in a terminal."""

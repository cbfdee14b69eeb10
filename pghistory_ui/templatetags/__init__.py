"""Template tags of the browser."""

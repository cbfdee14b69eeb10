"""Models that only tests track: every snippet of the user document, and every construct of the surface."""

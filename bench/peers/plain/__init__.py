"""No history."""

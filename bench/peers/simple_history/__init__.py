"""django-simple-history: signals, and functions of its own for what is done in bulk."""

"""django-reversion: revisions around what is saved; what is done in bulk leaves no history."""

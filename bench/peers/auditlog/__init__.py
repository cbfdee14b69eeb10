"""django-auditlog: signals; what is done in bulk leaves no history."""

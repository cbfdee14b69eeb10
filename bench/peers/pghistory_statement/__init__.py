"""django-pghistory, one trigger call a statement."""

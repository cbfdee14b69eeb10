"""django-pghistory, one trigger call a row."""

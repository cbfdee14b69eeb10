"""A project that was written for django-pghistory 3.9.2: it uses nothing that only one of the two packages has."""

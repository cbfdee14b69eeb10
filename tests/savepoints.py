"""Savepoints by hand, under the name that they have in this Django."""

from django.db import transaction

# Django 6.1 calls it savepoint_create().
new_savepoint = getattr(transaction, "savepoint_create", None) or transaction.savepoint

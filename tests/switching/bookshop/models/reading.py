"""Proxies of event models and of the aggregate, with fields that read through a path."""

from django.contrib.auth.models import User
from django.db import models

import pghistory
import pghistory.models
from tests.switching.bookshop.models.trackers import Book


class BookEvents(Book.pgh_event_model):  # type: ignore[name-defined,misc]  # made by track
    url = pghistory.ProxyField("pgh_context__metadata__url", models.TextField(null=True))
    user = pghistory.ProxyField(
        "pgh_context__metadata__user", models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True)
    )

    class Meta:
        proxy = True


class ShopEvents(pghistory.models.Events):
    reason = pghistory.ProxyField("pgh_context__reason", models.TextField(null=True))

    class Meta:
        proxy = True

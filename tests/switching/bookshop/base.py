"""An event of the shop's own, which PGHISTORY_BASE_MODEL may name."""

from django.db import models

from pghistory.models import Event


class ShopEvent(Event):
    branch = models.CharField(max_length=9, null=True)  # noqa: DJ001

    class Meta:
        abstract = True
        ordering = ["pgh_id"]

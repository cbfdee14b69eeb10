"""What the browser itself keeps: filters that people saved, and the record of what was exported."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy


class SavedFilter(models.Model):
    """A filter of the activity page under a name of its owner's; `query` is the address after the question mark."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(gettext_lazy("name"), max_length=100)
    query = models.TextField(gettext_lazy("filter"))
    saved_at = models.DateTimeField(gettext_lazy("saved at"), auto_now=True)

    class Meta:
        verbose_name = gettext_lazy("saved filter")
        verbose_name_plural = gettext_lazy("saved filters")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="pghistory_ui_one_filter_a_name")]

    def __str__(self) -> str:
        return self.name


class ExportRecord(models.Model):
    """One export: who took what, when, and how much; `rows` is None for as long as nothing says that it ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("user"),
    )
    user_label = models.CharField(gettext_lazy("called"), max_length=200)
    started_at = models.DateTimeField(gettext_lazy("started at"), auto_now_add=True, db_index=True)
    ended_at = models.DateTimeField(gettext_lazy("ended at"), null=True)
    file_format = models.CharField(gettext_lazy("format"), max_length=20)
    query = models.TextField(gettext_lazy("filter"), blank=True)
    columns = models.JSONField(gettext_lazy("columns"), default=list)
    rows = models.BigIntegerField(gettext_lazy("rows"), null=True)

    class Meta:
        verbose_name = gettext_lazy("export")
        verbose_name_plural = gettext_lazy("exports")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_format}, {self.user_label}"

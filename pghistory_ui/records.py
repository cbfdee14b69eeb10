"""The record of exports: begun before the first row is read, ended with the number of rows after the last."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from pghistory_ui.links import user_label
from pghistory_ui.models import ExportRecord


def begin(request: HttpRequest, file_format: str, query: QueryDict, columns: Sequence[str]) -> ExportRecord:
    """The record of an export that is about to start."""
    filters = query.copy()
    filters.pop("columns", None)
    user = request.user if isinstance(request.user, Model) else None
    return ExportRecord.objects.create(
        user=user,
        user_label=user_label(user) if user else str(request.user),
        file_format=file_format,
        query=filters.urlencode(),
        columns=list(columns),
    )


def counted(record: ExportRecord, rows: Generator[Any, None, None]) -> Generator[Any, None, None]:
    """The rows as they come; whoever stops reading leaves a record of the rows so far, without an end."""
    number = 0
    ended = None
    try:
        # They may be read in a transaction that can write nothing: it has to end before the record is written.
        with closing(rows):
            for row in rows:
                number += 1
                yield row
        ended = timezone.now()
    finally:
        ExportRecord.objects.filter(pk=record.pk).update(rows=number, ended_at=ended)


def end(record: ExportRecord, rows: int) -> None:
    """Says that an export has ended, and with how many rows."""
    ExportRecord.objects.filter(pk=record.pk).update(rows=rows, ended_at=timezone.now())


def visible(request: HttpRequest) -> QuerySet[ExportRecord]:
    """The exports that somebody may know of: their own, to a superuser all."""
    found = ExportRecord.objects.select_related("user")
    return found if request.user.is_superuser else found.filter(user=request.user.pk)

"""The files that jobs make: kept in a Django Storage until they expire."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.utils import timezone

from pghistory.models import Job


def storage() -> Storage:
    """Where files are kept: `STORAGES["pghistory"]`, else the default one."""
    return storages["pghistory" if "pghistory" in settings.STORAGES else "default"]


def expire(using: str) -> int:
    """Takes the files away whose time is over, and gives their number."""
    over = list(Job.objects.using(using).filter(expires_at__lt=timezone.now()).exclude(file=""))
    for job in over:
        storage().delete(job.file)
        Job.objects.using(using).filter(pk=job.pk, file=job.file).update(file="")
    return len(over)

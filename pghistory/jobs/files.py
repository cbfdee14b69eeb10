"""The files that jobs make: kept in a Django Storage until they expire."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils import timezone

from pghistory import errors
from pghistory.models import Job

BUFFER: Final = 1_000_000


class Draft(File):  # type: ignore[type-arg]
    """A file that is not kept yet: a storage on the same disk moves it, as it moves uploads; any other one reads it."""

    def temporary_file_path(self) -> str:
        """Where it is, with all that was written."""
        self.flush()
        return str(self.name)


def storage() -> Storage:
    """Where files are kept: `STORAGES["pghistory"]`, else the default one."""
    return storages["pghistory" if "pghistory" in settings.STORAGES else "default"]


@contextlib.contextmanager
def drafting() -> Iterator[Callable[[], Draft]]:
    """Gives a new draft whenever it is called; what is not kept when the block ends is gone."""
    with contextlib.ExitStack() as drafts:
        yield lambda: drafts.enter_context(_draft())


@contextlib.contextmanager
def _draft() -> Iterator[Draft]:
    # The storage may take the file away, so that it is not a temporary file's own business to be removed.
    with tempfile.NamedTemporaryFile(
        "w+b", buffering=BUFFER, prefix="pghistory-", dir=settings.FILE_UPLOAD_TEMP_DIR, delete=False
    ) as file:
        try:
            yield Draft(file)
        finally:
            Path(file.name).unlink(missing_ok=True)


def keep(draft: Draft, name: str) -> str:
    """Puts a draft into the storage and gives the name that it has there; the file is there as a whole or not at all.

    Raises FileNotKept.
    """
    draft.seek(0)
    try:
        return storage().save(name, draft)
    except Exception as error:
        # What a storage raises is its own affair, and so is what it has written by then.
        with contextlib.suppress(Exception):
            storage().delete(name)
        raise errors.FileNotKept(problem=str(error) or type(error).__name__) from error


def expire(using: str) -> int:
    """Takes the files away whose time is over, and gives their number."""
    over = list(Job.objects.using(using).filter(expires_at__lt=timezone.now()).exclude(file=""))
    for job in over:
        storage().delete(job.file)
        Job.objects.using(using).filter(pk=job.pk, file=job.file).update(file="")
    return len(over)

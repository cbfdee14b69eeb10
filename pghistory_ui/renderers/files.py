"""The renderer of files: by name, linked where the file is still stored, images with a thumbnail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.utils.translation import gettext as _

from pghistory_ui.renderers.base import LONGEST_CHIP, Renderer, Value, shown

# What every browser draws, and what can hold no script.
IMAGES: Final = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")

# Each question to a storage far away may take as long as the rest of the page.
ASKED_AT_MOST: Final = 20


class FileRenderer(Renderer):
    """A file by its name; nothing is the empty name.

    Of a field whose files are far away, a page asks for some only; the others are named alone.
    """

    notes_one = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._urls: dict[str, str | None] = {}

    def text(self, value: Any) -> str:
        return str(getattr(value, "name", value) or "")

    def url(self, value: Any) -> str:
        return self._asked(self.text(value)) or ""

    def value(self, value: Any) -> Value:
        drawn = super().value(self.text(value) if value is not None else None)
        return replace(drawn, is_image=bool(drawn.url) and drawn.text.lower().endswith(IMAGES))

    def note(self, before: Any, after: Any) -> str:
        gone = [name for value in (before, after) if (name := self.text(value)) and self._asked(name) == ""]
        return ", ".join(_("%s is no longer stored") % name for name in gone)

    def _brief(self, value: Any) -> str | Value:
        """As the chip of a closed row links nowhere, nothing is asked for it."""
        return shown(name, LONGEST_CHIP) if (name := self.text(value)) else self.value(value)

    def _asked(self, name: str) -> str | None:
        """The address of a file, "" for one that is not stored; None for one too many to ask for."""
        if name not in self._urls:
            near = isinstance(getattr(self.field, "storage", None), FileSystemStorage)
            self._urls[name] = self._address(name) if near or len(self._urls) < ASKED_AT_MOST else None
        return self._urls[name]

    def _address(self, name: str) -> str:
        """The address of a stored file; storages refuse names in many ways."""
        if not isinstance(self.field, FileField):
            return ""
        try:
            url = str(self.field.storage.url(name)) if self.field.storage.exists(name) else ""
        # A storage without addresses, or that cannot say what it has, raises NotImplementedError.
        except (SuspiciousOperation, NotImplementedError, OSError, ValueError):
            return ""
        return url if url.startswith(("/", "http://", "https://")) else ""

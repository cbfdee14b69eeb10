"""Settings of the browser, read live so that override_settings works."""

from __future__ import annotations

from typing import Final

from django.conf import settings

LARGEST_PAGE: Final = 500


def page_size() -> int:
    """Events on a page: `PGHISTORY_UI_PAGE_SIZE`, 50 unless set, between 1 and 500."""
    return max(1, min(int(getattr(settings, "PGHISTORY_UI_PAGE_SIZE", 50)), LARGEST_PAGE))

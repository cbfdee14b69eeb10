"""Settings of the browser, read live so that override_settings works: each bears the name of its function in capitals.

`skin` alone is no setting: what is installed says it.
"""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.conf import settings

LARGEST_PAGE: Final = 500


def skin() -> str:
    """The skin that the admin wears and that needs a style sheet of its own, as "unfold", or ""."""
    return "unfold" if apps.is_installed("unfold") else ""


def restore() -> bool | str:
    """Whether history may be restored from the pages: `PGHISTORY_UI_RESTORE`, True unless set.

    A text is a permission, as "shop.restore_history", that is needed besides those of the models.
    """
    configured = getattr(settings, "PGHISTORY_UI_RESTORE", True)
    return configured if isinstance(configured, str) else bool(configured)


def page_size() -> int:
    """Events on a page: `PGHISTORY_UI_PAGE_SIZE`, 50 unless set, between 1 and 500."""
    return max(1, min(int(getattr(settings, "PGHISTORY_UI_PAGE_SIZE", 50)), LARGEST_PAGE))


def export_days() -> int:
    """For how many days the file of an export is kept: `PGHISTORY_UI_EXPORT_DAYS`, 7 unless set."""
    return int(getattr(settings, "PGHISTORY_UI_EXPORT_DAYS", 7))

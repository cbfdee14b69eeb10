"""Whole pages, as a person asks for them: through all middleware, with templates."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from bench.peers.reads import ITEM

PAGES = {
    "activity": ("admin:pghistory_events_changelist", ()),
    "object": ("admin:pghistory_ui_object", ("shop.Item", ITEM)),
    "empty": ("admin:auth_group_changelist", ()),
}
"""{name: (name of the address, arguments)}; the last is the admin's own list of nothing."""


class Pages:
    """A signed-in person."""

    def __init__(self) -> None:
        self._client = Client()
        self._client.force_login(User.objects.get(username="bench"))

    def get(self, what: str) -> int:
        """The page's number of bytes; RuntimeError when it is none."""
        name, arguments = PAGES[what]
        answer = self._client.get(reverse(name, args=arguments))
        if answer.status_code != 200:
            raise RuntimeError(f"{what}: {answer.status_code}")
        return len(answer.content)

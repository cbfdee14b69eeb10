"""How the shop's timelines draw a value of a kind of their own."""

from typing import Any
from urllib.parse import quote

from pghistory_ui import renderers


class EmailRenderer(renderers.Renderer):
    """An address to which a letter can be written at once."""

    def url(self, value: Any) -> str:
        return f"mailto:{quote(str(value), safe='@')}"

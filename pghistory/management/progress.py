"""A bar that grows in a terminal; lines, now and then, where the output goes elsewhere."""

from __future__ import annotations

import shutil
import time
from typing import Any, Final

WIDTH: Final = 30
INTERVAL: Final = 0.1


class Bar:
    """Shows how far something has come; `show` may be called as often as one likes."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.is_terminal = bool(stream.isatty())
        self._began = time.monotonic()
        self._shown_at = 0.0
        self._tenths = 0

    def show(self, done: int, total: int) -> None:
        """Draws the bar anew, or writes a line for each tenth that is done."""
        now = time.monotonic()
        if self.is_terminal:
            if done < total and now - self._shown_at < INTERVAL:
                return
            self._shown_at = now
            line = self._line(done, total)[: shutil.get_terminal_size().columns - 1]
            self.stream.write(f"\r{line}\x1b[K", ending="\n" if done >= total else "")
            self.stream.flush()
        elif total and done * 10 // total > self._tenths:
            self._tenths = done * 10 // total
            self.stream.write(self._told(done, total))

    def _line(self, done: int, total: int) -> str:
        filled = WIDTH if not total else min(WIDTH, WIDTH * done // total)
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {self._told(done, total)}"

    def _told(self, done: int, total: int) -> str:
        spent = time.monotonic() - self._began
        text = f"{100 if not total else 100 * done // total} %, {done:,} of {total:,}"
        if done and spent > 0:
            rate = done / spent
            text += f", {rate:,.0f} a second"
            if done < total:
                text += f", {duration((total - done) / rate)} left"
        return text


def duration(seconds: float) -> str:
    """A length of time in the two largest of hours, minutes and seconds."""
    whole = max(1, round(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"

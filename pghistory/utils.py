"""A name that migrations of projects import from here."""

from pghistory.fields import PGHistoryJSONField as JSONField

__all__ = ["JSONField"]

"""A name that projects import from here."""

from pghistory.triggers import Event

__all__ = ["Event"]

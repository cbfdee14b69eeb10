"""All models, by what they are about."""

from tests.switching.bookshop.models import fields, keys, options, reading, renamed, trackers

__all__ = ["fields", "keys", "options", "reading", "renamed", "trackers"]

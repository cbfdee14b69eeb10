"""A model that a test renames: BOOKSHOP_VOLUME is its name, and without it there is none."""

import os

from django.db import models

import pghistory

if name := os.environ.get("BOOKSHOP_VOLUME"):
    text = models.TextField()
    pghistory.track()(type(name, (models.Model,), {"__module__": __name__, "__qualname__": name, "text": text}))

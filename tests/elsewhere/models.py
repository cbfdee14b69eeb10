"""Users with a key and a name of their own, and columns of types that extensions bring."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField, HStoreField
from django.db import models

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


class Insensitive(models.TextField):  # type: ignore[type-arg]
    """A text to which "a" is "A"."""

    def db_type(self, connection: Any) -> str:
        return "citext"


@pghistory.track(*ALL, exclude=["password"], obj_field=pghistory.ObjForeignKey(related_name="story"))
class Member(AbstractUser):
    """Who logs in here, in the place of Django's own users."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return f"member {self.username}"


@pghistory.track(*ALL)
class Bag(models.Model):
    """Extension types at row level."""

    words = HStoreField(null=True)
    insensitive = Insensitive(default="")
    many = ArrayField(HStoreField(), null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)


@pghistory.track(*ALL, level=pghistory.Statement)
class Sack(models.Model):
    """The same by statement."""

    words = HStoreField(null=True)
    insensitive = Insensitive(default="")
    many = ArrayField(HStoreField(), null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)

"""A harbour: a key that is no primary key, a child with a key of its own, a default that only the database knows."""

from django.db import models

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


@pghistory.track(*ALL)
class Rack(models.Model):
    code = models.CharField(max_length=8, unique=True)


@pghistory.track(*ALL)
class Box(models.Model):
    """Refers to its rack by another column than the key."""

    rack = models.ForeignKey(Rack, on_delete=models.CASCADE, to_field="code")


@pghistory.track(*ALL)
class Boat(models.Model):
    name = models.CharField(max_length=16)


@pghistory.track(*ALL, obj_field=pghistory.ObjForeignKey(related_name="ferry_events"))
class Ferry(Boat):
    """A row in two tables, under two keys."""

    number = models.IntegerField(primary_key=True)
    boat = models.OneToOneField(Boat, on_delete=models.CASCADE, parent_link=True)


@pghistory.track(*ALL, exclude=["state"])
class Parcel(models.Model):
    """Not kept whole."""

    name = models.CharField(max_length=16)
    state = models.CharField(max_length=16, db_default="packed")

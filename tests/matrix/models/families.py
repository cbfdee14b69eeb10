"""Parents and children, proxies, models that Django does not manage, event models that are tracked."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import models

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


@pghistory.track(*ALL)
class Tree(models.Model):
    """A parent with a table and event model of its own."""

    name = models.CharField(max_length=16)
    planted = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)


@pghistory.track(*ALL, obj_field=pghistory.ObjForeignKey(related_name="sapling_events"))
class Sapling(Tree):
    """A child with its own."""

    height = models.IntegerField(default=0)


@pghistory.track(*ALL, obj_field=pghistory.ObjForeignKey(related_name="leaf_events"))
class Leaf(Sapling):
    """A child of a child."""

    colour = models.CharField(max_length=16, default="green")
    touched = models.DateTimeField(auto_now=True)


class Fruit(Tree):
    """A child that is not tracked, of a parent that is."""

    weight = models.IntegerField(default=0)


class Plain(models.Model):
    """A parent that is not tracked."""

    name = models.CharField(max_length=16, default="")


@pghistory.track(*ALL)
class Branch(Plain):
    """Its child, which is."""

    length = models.IntegerField(default=0)


class Stamp(models.Model):
    """An abstract parent."""

    made = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    day = models.DateField(auto_now=True)
    hour = models.TimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["-made"]
        get_latest_by = "made"


class Titled(models.Model):
    title = models.CharField(max_length=16, db_index=True)

    class Meta:
        abstract = True


@pghistory.track(*ALL)
class Stamped(Titled, Stamp):
    """A child of two abstract parents."""

    many = models.ManyToManyField(Group)


@pghistory.track(*ALL)
class Unmanaged(models.Model):
    """A table that somebody else has made."""

    name = models.CharField(max_length=16)

    class Meta:
        managed = False
        db_table = "matrix_legacy"


class Extra(models.Model):
    """Tracked by its proxy, like a model of another package."""

    name = models.CharField(max_length=16)


@pghistory.track(*ALL)
class Loaded(Extra):
    class Meta:
        proxy = True


class Member(models.Model):
    name = models.CharField(max_length=16)
    groups: Any = models.ManyToManyField(Group, through="Membership", related_name="matrix_members")


@pghistory.track(*ALL)
class Membership(models.Model):
    """A through model of one's own."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="matrix_memberships")
    rank = models.IntegerField(default=0)


@pghistory.track(*ALL)
class OfMember(models.Model):
    """A model whose event model is tracked in its turn."""

    name = models.CharField(max_length=16)


pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())(OfMember.pgh_event_model)

"""A small trade: rows that refer to each other in every way, by row, by statement, by old rows, in two tables."""

from django.db import models

import pghistory

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


class Seller(models.Model):
    """Not tracked."""

    name = models.CharField(max_length=16)


@pghistory.track(*ALL)
class Customer(models.Model):
    name = models.CharField(max_length=16)
    referrer = models.ForeignKey("self", null=True, on_delete=models.DO_NOTHING, db_constraint=False)


@pghistory.track(*ALL)
class Tag(models.Model):
    word = models.CharField(max_length=16, primary_key=True, db_column="the word")


@pghistory.track(*ALL)
class Order(models.Model):
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="orders")
    seller = models.ForeignKey(Seller, null=True, on_delete=models.SET_NULL)
    total = models.IntegerField(default=0, db_column="Total of it")
    tags = models.ManyToManyField(Tag, related_name="orders")
    twice = models.GeneratedField(expression=models.F("total") * 2, output_field=models.IntegerField(), db_persist=True)

    class Meta:
        ordering = ["pk"]


@pghistory.track(*ALL, obj_field=None)
class Tagging(Order.tags.through):  # type: ignore[name-defined,misc]  # the base is made at run time
    class Meta:
        proxy = True


@pghistory.track(*ALL, obj_field=pghistory.ObjForeignKey(related_name="rush_events"))
class Rush(Order):
    """A row in two tables."""

    courier = models.CharField(max_length=16, default="")


class Urgent(Rush):
    class Meta:
        proxy = True


@pghistory.track(*ALL, level=pghistory.Statement)
class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    amount = models.IntegerField(default=1)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Receipt(models.Model):
    """Known by its old rows."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="receipt")
    number = models.IntegerField(default=0)


@pghistory.track(pghistory.ManualEvent("seen"), fields=["title"], model_name="BookSeen")
@pghistory.track(*ALL, model_name="BookWhole", obj_field=pghistory.ObjForeignKey(related_name="whole_events"))
class Book(models.Model):
    """With two event models, of which one knows everything."""

    title = models.CharField(max_length=16)
    pages = models.IntegerField(default=0)


@pghistory.track(*ALL, exclude=["secret"])
class Diary(models.Model):
    """Not kept whole."""

    text = models.CharField(max_length=16)
    secret = models.CharField(max_length=16, default="?")

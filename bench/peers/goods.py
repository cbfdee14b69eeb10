"""The models that every peer tracks, abstract: each app makes its four of these."""

from typing import Any

from django.db import models


class Category(models.Model):
    """What items belong to."""

    name = models.CharField(max_length=60)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Supplier(models.Model):
    """Where items come from; no other table refers to it."""

    name = models.CharField(max_length=60)
    city = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A row of eleven columns with the indexes that a shop has: what staff search, sort and filter by."""

    name = models.CharField(max_length=100, db_index=True)
    sku = models.CharField(max_length=40, unique=True)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    quantity = models.IntegerField(default=0)
    status = models.CharField(max_length=20, default="draft")
    description = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    """Refers to an item, so that deleting items means looking for their reviews."""

    stars = models.SmallIntegerField(default=5)
    text = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


def category_of(model: Any) -> Any:
    """The foreign key that each app adds to its items."""
    return models.ForeignKey(model, on_delete=models.PROTECT, related_name="items")


def item_of(model: Any) -> Any:
    """The foreign key that each app adds to its reviews."""
    return models.ForeignKey(model, on_delete=models.CASCADE, related_name="reviews")

"""Options of `track`, and event models that the project writes itself."""

from django.db import models

import pghistory


@pghistory.track(obj_field=None)
class Unlinked(models.Model):
    text = models.TextField()


@pghistory.track(context_field=None)
class Contextless(models.Model):
    text = models.TextField()


@pghistory.track(context_field=pghistory.ContextJSONField())
class OwnContext(models.Model):
    text = models.TextField()


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)
class OnlyContext(models.Model):
    text = models.TextField()


@pghistory.track(append_only=True)
class Kept(models.Model):
    text = models.TextField()


@pghistory.track(
    pghistory.InsertEvent(),
    model_name="Ledger",
    attrs={"currency": "EUR"},
    meta={
        "db_table": "ledger",
        "verbose_name": "entry",
        "ordering": ["-pgh_id"],
        "indexes": [models.Index(fields=["pgh_created_at"], name="ledger_time")],
    },
)
class Sale(models.Model):
    amount = models.IntegerField()


class Order(models.Model):
    amount = models.IntegerField()
    code = models.CharField(max_length=9, unique=True)
    secret = models.TextField(blank=True)


class OrderHistory(pghistory.create_event_model(Order, fields=["amount", "code"])):  # type: ignore[misc]
    code = models.CharField(max_length=19, db_index=True)
    remark = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        indexes = [models.Index(fields=["pgh_created_at"], name="order_time")]


class Return(models.Model):
    amount = models.IntegerField()


ReturnHistory = pghistory.create_event_model(
    Return, pghistory.InsertEvent(), pghistory.DeleteEvent(), abstract=False, model_name="ReturnHistory"
)

import uuid

import django.db.models.manager
from django.db import migrations, models

import pghistory.operations
import pghistory.utils


class Migration(migrations.Migration):
    initial = True

    # Where django-pghistory has applied these, nothing is left to do; other apps may depend on any of them.
    replaces = [
        ("pghistory", "0001_initial"),
        ("pghistory", "0002_aggregateevent"),
        ("pghistory", "0003_auto_20201023_1636"),
        ("pghistory", "0004_auto_20220906_1625"),
        ("pghistory", "0005_events_middlewareevents"),
        ("pghistory", "0006_delete_aggregateevent"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Context",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", pghistory.utils.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Events",
            fields=[
                ("pgh_slug", models.TextField(primary_key=True, serialize=False)),
                ("pgh_model", models.CharField(max_length=64)),
                ("pgh_id", models.BigIntegerField()),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_data", pghistory.utils.JSONField()),
                ("pgh_diff", pghistory.utils.JSONField()),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_obj_model", models.CharField(max_length=64)),
                ("pgh_obj_id", models.TextField(null=True)),
            ],
            options={
                "verbose_name_plural": "events",
                "managed": False,
                "default_manager_name": "no_objects",
            },
            managers=[("no_objects", django.db.models.manager.Manager())],
        ),
        migrations.CreateModel(
            name="MiddlewareEvents",
            fields=[],
            options={
                "verbose_name_plural": "middleware events",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("pghistory.events",),
            managers=[("no_objects", django.db.models.manager.Manager())],
        ),
        # Data migrations of other apps may write tracked rows before 0008 has run.
        pghistory.operations.InstallFunction(name="_pgh_attach_context", version=1),
    ]

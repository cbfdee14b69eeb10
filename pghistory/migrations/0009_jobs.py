import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import pghistory.utils


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0008_actor_label_and_attach_context"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("arguments", pghistory.utils.JSONField(default=dict)),
                ("target", models.TextField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                    ),
                ),
                ("owner", models.TextField(blank=True, default="")),
                ("owner_label", models.TextField(blank=True, default="")),
                ("token", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("total", models.BigIntegerField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("file", models.TextField(blank=True, default="")),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("target",),
                        name="pghistory_job_target",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JobLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "level",
                    models.TextField(
                        choices=[("done", "Done"), ("note", "Note"), ("warning", "Warning"), ("error", "Error")],
                        default="note",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="pghistory.job"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JobRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("low", models.TextField(null=True)),
                ("high", models.TextField(null=True)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("written", models.PositiveBigIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ranges", to="pghistory.job"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("job", "number"), name="pghistory_jobrange_number")],
            },
        ),
    ]

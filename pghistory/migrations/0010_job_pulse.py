import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0009_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobPulse",
            fields=[
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pulse",
                        serialize=False,
                        to="pghistory.job",
                    ),
                ),
                ("looked", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
